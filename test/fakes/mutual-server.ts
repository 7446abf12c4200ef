/** The server of a simulated phone service: mutual TLS on a real socket, one handler, and faults in place of answers. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { developmentSet, readFilePem } from '../../certs-dev/set.ts';

export interface MutualServer {
  readonly url: string;
  /** An answer in place of the right one: status and body; `null` as body: the connection is cut, after the request was obeyed. `silence`: none ever comes. */
  instead: readonly [number, string | null] | 'silence' | null;
  close(): Promise<void>;
}
export type Handler = (path: string, body: string) => Promise<readonly [number, string]>;

export const startMutualServer = async (handle: Handler): Promise<MutualServer> => {
  const set = developmentSet();
  const own = set.machine('authentication-service');
  const server = createServer({
    key: readFilePem(own.keyFile), cert: `${readFilePem(own.certFile)}\n${readFilePem(set.authority('efos-function').certFile)}`, requestCert: true, rejectUnauthorized: false,
    ca: ['siths-function', 'siths-root'].map((id) => readFilePem(set.authority(id).certFile)),
  }, (request, response) => {
    const serve = async (): Promise<readonly [number, string | null] | 'silence'> => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      if (!(request.socket instanceof TLSSocket) || !request.socket.authorized) return [401, JSON.stringify({ errorCode: 'unauthorized' })];
      if (mutual.instead === 'silence') return mutual.instead;
      const right = mutual.instead === null || mutual.instead[1] === null ? await handle(request.url ?? '', body) : null;
      return mutual.instead ?? right ?? [500, '{}'];
    };
    serve().then((answer) => {
      if (answer === 'silence') return;
      const [status, body] = answer;
      if (body === null) response.destroy();
      else response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    }, () => response.destroy());
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const mutual: MutualServer = {
    url: `https://localhost:${String((server.address() as AddressInfo).port)}`, instead: null,
    close: () => new Promise<void>((done) => { server.closeAllConnections(); server.close(() => done()); }),
  };
  return mutual;
};
