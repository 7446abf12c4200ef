/**
 * http: the public listener. Owns the web framework's settings, cookies, headers, the error handler and the routes
 * of the login itself. Does not own: protocol routes (plugin.ts of each face), pages (ui/), the card host
 * (authenticators/certificate).
 */
import type { TlsOptions } from 'node:tls';
import Fastify, { type FastifyInstance } from 'fastify';
import { fail } from '../core/errors.ts';
import type { LoginPorts } from '../login/context.ts';
import { createErrorReply } from './error-reply.ts';
import { checkHost } from './host.ts';
import type { ReplyTools } from './reply-page.ts';

export interface PublicServerOptions {
  /** null = plain HTTP behind a terminating proxy. */
  readonly tls: { readonly key: string; readonly certificate: string } | null;
  /** Addresses whose X-Forwarded-For is believed; empty = nobody's. */
  readonly trustedProxies: readonly string[];
  /** Largest request body, bytes. */
  readonly bodyLimit: number;
}

export const publicTlsOptions = ({ key, certificate }: NonNullable<PublicServerOptions['tls']>): TlsOptions => ({ key, cert: certificate, minVersion: 'TLSv1.2' });

export const createPublicServer = (options: PublicServerOptions, ports: LoginPorts, tools: ReplyTools): FastifyInstance => {
  const settings = {
    logger: false,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    bodyLimit: options.bodyLimit,
    requestTimeout: 15_000,
    keepAliveTimeout: 60_000,
    // Queries are read raw, by whoever needs them: what a framework would merge, we refuse (threats K12).
    routerOptions: { maxParamLength: 200, caseSensitive: true, querystringParser: () => ({}) },
    forceCloseConnections: 'idle' as const,
  };
  const server = (options.tls === null ? Fastify(settings) : Fastify({ ...settings, https: publicTlsOptions(options.tls) })) as unknown as FastifyInstance;
  const expectedHost = new URL(ports.settings.publicUrl).host;

  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  // On every answer, redirects and faults too; never on a name that every developer's machine shares.
  const { protocol, hostname } = new URL(ports.settings.publicUrl);
  const strict = protocol === 'https:' && hostname !== 'localhost' && !hostname.endsWith('.localhost');
  server.addHook('onRequest', (request, reply, done) => {
    if (strict) void reply.header('strict-transport-security', 'max-age=31536000');
    // Addresses are built from configuration, never from Host.
    checkHost(request.raw, expectedHost);
    done();
  });
  server.setErrorHandler(createErrorReply(ports, tools));
  server.setNotFoundHandler(() => fail('web.not-found', 'no such page'));
  return server;
};
