/** A server that closes answers what is under way and waits for nobody who asks for nothing. */
import { createServer, get, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readFilePem } from '../../certs-dev/set.ts';
import { drainable } from '../../src/http/drain.ts';

const stage = async (make: () => Server) => {
  const server = make();
  const draining = drainable(server);
  let release: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => { release = resolve; });
  let arrived: () => void = () => undefined;
  const under = new Promise<void>((resolve) => { arrived = resolve; });
  server.on('request', (request, response) => { if (request.url === '/slow') { arrived(); void waiting.then(() => response.end('answered')); } else response.end('quick'); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  onTestFinished(() => { release(); server.closeAllConnections(); server.close(); });
  return { draining, port: (server.address() as AddressInfo).port, under, release: () => release() };
};
const open = (socket: Socket): Socket => {
  socket.on('error', () => undefined);
  onTestFinished(() => { socket.destroy(); });
  return socket;
};
const connected = (socket: Socket, event = 'connect'): Promise<Socket> => new Promise((resolve) => { open(socket).once(event, () => resolve(socket)); });
const ask = (port: number, path: string): Promise<string> => new Promise((resolve, reject) => {
  get({ port, path, host: '127.0.0.1', agent: false }, (response) => { let body = ''; response.on('data', (part: Buffer) => { body += String(part); }).on('end', () => resolve(body)); }).once('error', reject);
});

describe('draining', () => {
  it('answers a request under way, then ends', async () => {
    const { draining, port, under, release } = await stage(() => createServer());
    const answer = ask(port, '/slow');
    await under;
    const closed = draining.close();
    release();
    expect(await answer).toBe('answered');
    await closed;
    await expect(ask(port, '/quick')).rejects.toThrow();
  });
  it('ends although connections are open that never asked, that rest between requests, and that sent half a request', async () => {
    const { draining, port } = await stage(() => createServer({ keepAliveTimeout: 3_600_000 }));
    await connected(connect(port, '127.0.0.1'));
    const resting = await connected(connect(port, '127.0.0.1'));
    resting.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => { resting.once('data', resolve); });
    (await connected(connect(port, '127.0.0.1'))).write('GET / HT');
    await draining.close();
  });
  it('ends although a TLS handshake is not finished, and another was but nothing was asked', async () => {
    const { draining, port } = await stage(() => createTlsServer({ key: readFilePem('tls/main.key.pem'), cert: readFilePem('tls/main.crt.pem') }));
    await connected(connect(port, '127.0.0.1'));
    await connected(connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }), 'secureConnect');
    await draining.close();
  });
});
