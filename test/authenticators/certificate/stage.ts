/** Both card listeners on real sockets with a recorder in place of the login, and clients that say exactly what a test wants. */
import type { Server } from 'node:http';
import { connect as connectPlain, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { developmentSet, readFilePem, type KeyFiles } from '../../../certs-dev/set.ts';
import type { CardEndpointPorts, CardFacts, PresentedCertificate } from '../../../src/authenticators/certificate/card-endpoint.ts';
import type { CardListenerSettings } from '../../../src/authenticators/certificate/card-listener.ts';
import type { LogFields } from '../../../src/core/ports.ts';

export const set = developmentSet();
export const HANDLE = 'AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBB';
export const PATH = `/card/${HANDLE}`;
export const HOST = 'card.localhost';
export const BACK = 'https://localhost/login/AAAAAAAAAAAAAAAAAAAAAA/return?code=c';

export interface Seen { readonly handle: string; readonly peer: PresentedCertificate | null; readonly facts: CardFacts }
export interface Recorder extends CardEndpointPorts { readonly seen: Seen[]; readonly refused: string[]; readonly warnings: LogFields[] }
export const recorder = (): Recorder => {
  const seen: Seen[] = [];
  const refused: string[] = [];
  const warnings: LogFields[] = [];
  return {
    seen, refused, warnings,
    onCard: (handle, peer, facts) => { seen.push({ handle, peer, facts }); return Promise.resolve({ redirectTo: BACK }); },
    failurePage: (error) => { refused.push(error.code); return Promise.resolve({ status: error.code === 'web.host' ? 421 : error.code === 'web.not-found' ? 404 : 403, html: `<p>${error.code}</p>` }); },
    log: { debug() {}, info() {}, error() {}, warn(fields) { warnings.push(fields); } },
  };
};
export const cardSettings = (more: Partial<CardListenerSettings> = {}): CardListenerSettings => ({
  key: readFilePem(set.machine('card').keyFile), certificate: readFilePem(set.machine('card').certFile),
  hints: set.index.authorities.filter((entry) => entry.listed && entry.credentialType === 'card').map((entry) => readFilePem(entry.certFile)),
  hosts: [HOST, `*.${HOST}`], ...more,
});
export const pair = (files: KeyFiles): { key: string; cert: string } => ({ key: readFilePem(files.keyFile), cert: readFilePem(files.certFile) });
export const CA = readFilePem(set.index.tlsAuthority.certFile);

export const listen = (server: Server, where: string | number = 0): Promise<number> => new Promise((resolve, reject) => {
  server.once('error', reject);
  const ready = (): void => { const address = server.address(); resolve(typeof address === 'object' && address !== null ? address.port : 0); };
  if (typeof where === 'string') server.listen(where, ready); else server.listen(where, '127.0.0.1', ready);
});
export const close = (server: Server): Promise<void> => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections(); });

export interface Reply { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly raw: string }
const parseReply = (raw: string): Reply => {
  const [head = '', body = ''] = raw.split(/\r\n\r\n(.*)/s, 2);
  const [statusLine = '', ...lines] = head.split('\r\n');
  return { raw, body, status: Number(statusLine.split(' ')[1] ?? 0), headers: Object.fromEntries(lines.map((line) => { const at = line.indexOf(':'); return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]; })) };
};
export interface TlsReply extends Reply { readonly socket: { readonly reused: boolean; readonly alpn: string | false | null; readonly protocol: string | null; readonly hasTicket: boolean }; readonly sessions: readonly Buffer[] }
export interface TlsQuestion extends ConnectionOptions { readonly port: number; readonly send?: readonly string[] }
/** One TLS connection, one request written as given; resolves when the server has closed it. */
export const askTls = ({ port, send, ...options }: TlsQuestion): Promise<TlsReply> => new Promise((resolve, reject) => {
  const sessions: Buffer[] = [];
  let raw = '';
  const socket: TLSSocket = connectTls({ port, host: '127.0.0.1', servername: HOST, ca: CA, ...options }, () => {
    socket.write([...(send ?? [`GET ${PATH} HTTP/1.1`, `Host: ${HOST}:${String(port)}`]), '', ''].join('\r\n'));
  });
  socket.on('session', (session) => sessions.push(session));
  socket.on('data', (chunk: Buffer) => { raw += chunk.toString('latin1'); });
  socket.on('error', reject);
  socket.on('end', () => {
    const facts = { reused: socket.isSessionReused(), alpn: socket.alpnProtocol, protocol: socket.getProtocol(), hasTicket: socket.getTLSTicket() !== undefined };
    resolve({ ...parseReply(raw), socket: facts, sessions });
    socket.end();
  });
});
/** One plain connection to a port or a Unix socket, the lines as given. */
export const askPlain = (where: number | string, lines: readonly string[]): Promise<Reply> => new Promise((resolve, reject) => {
  let raw = '';
  const socket = typeof where === 'string' ? connectPlain(where) : connectPlain(where, '127.0.0.1');
  socket.on('connect', () => socket.write([...lines, '', ''].join('\r\n')));
  socket.on('data', (chunk: Buffer) => { raw += chunk.toString('latin1'); });
  socket.on('error', reject);
  socket.on('close', () => resolve(parseReply(raw)));
});

export interface Relay { readonly port: number; readonly fromServer: Buffer[]; close(): Promise<void> }
/** Stands between client and server: keeps what the server says, and may change what the client says. */
export const relay = (to: number, change: (bytes: Buffer) => Buffer = (bytes) => bytes): Promise<Relay> => new Promise((resolve) => {
  const fromServer: Buffer[] = [];
  const server = createTcpServer((client) => {
    const upstream = connectPlain(to, '127.0.0.1');
    client.on('data', (bytes: Buffer) => upstream.write(change(bytes)));
    upstream.on('data', (bytes: Buffer) => { fromServer.push(bytes); client.write(bytes); });
    client.on('close', () => upstream.destroy()).on('error', () => upstream.destroy());
    upstream.on('close', () => client.end()).on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1', () => resolve({ fromServer, port: (server.address() as AddressInfo).port, close: () => new Promise((done) => { server.close(() => done()); }) }));
});
