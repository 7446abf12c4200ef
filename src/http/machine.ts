/** The listener for other machines: own host name, a client certificate asked for in the first handshake and never demanded, nothing resumed. */
import { constants } from 'node:crypto';
import { TLSSocket, type TlsOptions } from 'node:tls';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { errorCatalogue } from '../core/error-catalogue.ts';
import { fail, toBrygganError } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import { checkHost } from './host.ts';

export interface MachineServerOptions {
  /** Origin that clients call. */
  readonly url: string;
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  /** PEM of the authorities whose names clients are told. Hints only. */
  readonly hints: readonly string[];
  readonly bodyLimit: number;
  readonly log: Log;
}
const REQUEST_MILLISECONDS = 15_000;

/** DER of the certificate whose key this connection proved to hold; null without one. */
export const presentedBy = (request: FastifyRequest): Buffer | null => {
  const { socket } = request.raw;
  if (!(socket instanceof TLSSocket)) return null;
  // A resumed session proves that somebody once held the key.
  if (socket.isSessionReused()) return fail('web.host', 'a resumed TLS session reached the machine listener');
  const { raw } = socket.getPeerCertificate() as { readonly raw?: Buffer };
  return raw ?? null;
};

export const machineTlsOptions = ({ key, certificate, hints }: Pick<MachineServerOptions, 'key' | 'certificate' | 'hints'>): TlsOptions => ({
  key, cert: certificate, ca: [...hints], requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'],
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION, sessionIdContext: 'bryggan-machine',
});
export const createMachineServer = (options: MachineServerOptions): FastifyInstance => {
  const server = Fastify({
    logger: false, bodyLimit: options.bodyLimit, requestTimeout: REQUEST_MILLISECONDS, keepAliveTimeout: 60_000, forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200, caseSensitive: true, querystringParser: () => ({}) },
    https: machineTlsOptions(options),
  }) as unknown as FastifyInstance;
  const { host } = new URL(options.url);
  server.addHook('onRequest', (request, _reply, done) => {
    checkHost(request.raw, host);
    done();
  });
  server.setErrorHandler((thrown, _request, reply) => {
    const { code, detail } = toBrygganError(thrown);
    options.log.warn({ code, detail }, 'a request to the machine listener was refused');
    const { http, oauth } = errorCatalogue[code];
    return reply.code(http).header('cache-control', 'no-store').send({ error: oauth ?? 'server_error' });
  });
  server.setNotFoundHandler(() => fail('web.not-found', 'no such endpoint'));
  return server;
};
