/** Calls that we make ourselves: where they may go, and how much of an answer is taken (threats F04, G07, E09, I12). */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, readFilePem } from '../../certs-dev/set.ts';
import { createOutboundClient, type OutboundLimits, type Resolver } from '../../src/http/outbound.ts';
import { rejectedWith } from '../fixtures/refused.ts';

const limits: OutboundLimits = { milliseconds: 5000, bytes: 10_000 };
let hits = 0;
const routes: Readonly<Record<string, RequestListener>> = {
  '/good': (_request, response) => response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end('{"good":true}'),
  '/redirect': (_request, response) => response.writeHead(302, { location: '/good' }).end(),
  '/missing': (_request, response) => response.writeHead(404).end('nothing here'),
  '/big': (_request, response) => response.end(Buffer.alloc(20_000)),
  '/endless': (_request, response) => { const timer = setInterval(() => response.write('x'.repeat(5000)), 1); response.once('close', () => clearInterval(timer)); },
  '/bomb': (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000))),
  '/silent': () => undefined,
  '/drip': (_request, response) => { response.write('x'); },
  '/headers': (_request, response) => response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end(),
  '/echo': (request, response) => { void (async () => { let body = ''; for await (const part of request) body += String(part); response.end(`${request.method ?? ''} ${request.headers['content-type'] ?? ''} ${body}`); })(); },
};
const listen = (server: Server): Promise<number> => new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)); });
const handler: RequestListener = (request, response) => {
  hits += 1;
  (routes[request.url ?? ''] ?? routes['/missing'])?.(request, response);
};
const main = { certFile: 'tls/main.crt.pem', keyFile: 'tls/main.key.pem' };
const ca = readFilePem(developmentSet().index.tlsAuthority.certFile);
const plain = createServer(handler);
const tls = createTlsServer({ key: readFilePem(main.keyFile), cert: readFilePem(main.certFile) }, handler);
let port = 0;
let tlsPort = 0;
beforeAll(async () => { port = await listen(plain); tlsPort = await listen(tls); });
afterAll(() => { for (const server of [plain, tls]) { server.closeAllConnections(); server.close(); } });

const resolver = (...answers: readonly string[]): Resolver & { asked: number } => {
  const resolve = ((_host, _options, done) => {
    const address = answers[Math.min(resolve.asked, answers.length - 1)] ?? '';
    resolve.asked += 1;
    done(null, address.split(',').map((one) => ({ address: one, family: one.includes(':') ? 6 : 4 })));
  }) as Resolver & { asked: number };
  resolve.asked = 0;
  return resolve;
};
const open = createOutboundClient({ allowedNetworks: ['127.0.0.0/8', '::1/128'] });
const closed = createOutboundClient({ allowedNetworks: [] });
const textOf = async (bytes: Promise<Uint8Array>): Promise<string> => Buffer.from(await bytes).toString('utf8');
const at = (path: string): string => `http://127.0.0.1:${String(port)}${path}`;

describe('the address that is really connected to', () => {
  /** Every way of writing loopback, private, link-local and other inner addresses in a URL. */
  const inner = [
    '127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '0.0.0.0', '127.255.255.254', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '169.254.169.254', '198.18.0.1', '192.0.2.1', '224.0.0.1', '255.255.255.255',
    '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:10.0.0.1]', '[::ffff:169.254.169.254]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[2001:0:1::1]', '[fe80::1]', '[fec0::1]', '[fc00::1]', '[fd12::1]', '[ff02::1]', '[2001:db8::1]', '①②⑦.⓪.⓪.①', 'localhost', 'LOCALHOST',
  ];
  it.each(inner)('%s is refused, and nobody is called', async (host) => {
    const before = hits;
    await rejectedWith('outbound.refused', closed.get(`http://${host}:${String(port)}/good`, limits));
    expect(hits).toBe(before);
  });
  it('the twin that is allowed there is answered', async () => {
    expect(await textOf(open.get(at('/good'), limits))).toBe('{"good":true}');
    expect(await textOf(open.get(`http://[::ffff:127.0.0.1]:${String(port)}/good`, limits))).toBe('{"good":true}');
  });
  it('a public name that resolves to an inner address is refused; one of several inner ones is left out', async () => {
    for (const answer of ['127.0.0.1', '::ffff:127.0.0.1', '10.1.2.3,127.0.0.1', '169.254.169.254', 'fe80::1%lo', '::1']) {
      await rejectedWith('outbound.refused', createOutboundClient({ allowedNetworks: [], resolve: resolver(answer) }).get(`http://metadata.example.se:${String(port)}/good`, limits));
    }
    expect(await textOf(createOutboundClient({ allowedNetworks: ['127.0.0.0/8'], resolve: resolver('10.1.2.3,127.0.0.1') }).get(`http://metadata.example.se:${String(port)}/good`, limits))).toBe('{"good":true}');
  });
  it('a resolver that first gives a good answer and then another is asked once a connection, and its answer is the one connected to', async () => {
    const before = hits;
    const rebinding = resolver('198.41.0.4', '127.0.0.1');
    const client = createOutboundClient({ allowedNetworks: [], resolve: rebinding });
    // Nothing of ours listens there, and nothing leaves this machine: the first answer is only looked at.
    const good = resolver('127.0.0.1', '10.0.0.1');
    expect(await textOf(createOutboundClient({ allowedNetworks: ['127.0.0.0/8'], resolve: good }).get(`http://rebound.example.se:${String(port)}/good`, limits))).toBe('{"good":true}');
    expect(good.asked).toBe(1);
    rebinding.asked = 1;
    await rejectedWith('outbound.refused', client.get(`http://rebound.example.se:${String(port)}/good`, limits));
    expect([rebinding.asked, hits]).toEqual([2, before + 1]);
  });
  it.each(['file:///etc/passwd', 'data:text/plain,x', 'ftp://127.0.0.1/', 'gopher://127.0.0.1/', 'unix:/x', 'javascript:1', 'ws://127.0.0.1/', '//127.0.0.1/', '', 'http://user:secret@127.0.0.1/', 'http://user@127.0.0.1/'])('%s is no address to call', async (url) => { await rejectedWith('outbound.refused', open.get(url, limits)); });
  it('where https is wanted, http is refused', async () => {
    await rejectedWith('outbound.refused', open.get(at('/good'), { ...limits, httpsOnly: true }));
    expect(await textOf(open.get(at('/good'), limits))).toBe('{"good":true}');
  });
  it('proxies from the environment are not used', async () => {
    const saved = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1', ALL_PROXY: 'http://127.0.0.1:1', NODE_USE_ENV_PROXY: '1' });
    try {
      expect(await textOf(createOutboundClient({ allowedNetworks: ['127.0.0.0/8'] }).get(at('/good'), limits))).toBe('{"good":true}');
    } finally {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']) { if (saved[name] === undefined) Reflect.deleteProperty(process.env, name); else process.env[name] = saved[name]; }
    }
  });
});

describe('TLS', () => {
  const url = (name: string): string => `https://${name}:${String(tlsPort)}/good`;
  const client = (authority?: string) => createOutboundClient({ allowedNetworks: ['127.0.0.0/8'], resolve: resolver('127.0.0.1'), ...(authority === undefined ? {} : { ca: authority }) });
  it('a server of a known authority under its own name is answered', async () => expect(await textOf(client(ca).get(url('localhost'), { ...limits, httpsOnly: true }))).toBe('{"good":true}'));
  it('an unknown authority is refused', async () => { await rejectedWith('outbound.failed', client().get(url('localhost'), limits)); });
  it('another name than the certificate’s is refused', async () => { await rejectedWith('outbound.failed', client(ca).get(url('other.example.se'), limits)); });
});

describe('an answer', () => {
  const refused = (path: string, changes: Partial<OutboundLimits> = {}): Promise<string> => rejectedWith('outbound.failed', open.get(at(path), { ...limits, ...changes })).then(({ detail }) => detail);
  it('that sends us elsewhere is not followed', async () => {
    const before = hits;
    expect(await refused('/redirect')).toBe('answered 302');
    expect(hits).toBe(before + 1);
  });
  it('that is no 200 is none', async () => expect(await refused('/missing')).toBe('answered 404'));
  it('above the limit is refused, at once when it never ends, and counted after decompression; its twin below passes', async () => {
    for (const path of ['/big', '/endless', '/bomb']) expect(await refused(path)).toBe('more than 10000 bytes');
    expect((await open.get(at('/big'), { ...limits, bytes: 20_000 })).byteLength).toBe(20_000);
  });
  it('with headers without end is refused', async () => { await refused('/headers'); });
  it('that never comes, or drips, is given up in time', async () => {
    for (const path of ['/silent', '/drip']) expect(await refused(path, { milliseconds: 80 })).toBe('no whole answer within 80 ms');
  });
  it('of another content type than asked for is refused; parameters and case do not matter', async () => {
    expect(await refused('/good', { contentTypes: ['application/samlmetadata+xml'] })).toContain('content type');
    expect(await refused('/big', { contentTypes: ['application/json'] })).toContain('content type');
    expect(await textOf(open.get(at('/good'), { ...limits, contentTypes: ['application/json'] }))).toBe('{"good":true}');
  });
  it('from nobody is an error of ours', async () => { await rejectedWith('outbound.failed', open.get('http://127.0.0.1:1/', limits)); });
  it('to what was posted comes from the body and type that were posted', async () => expect(await textOf(open.post(at('/echo'), 'hello', 'text/xml', limits))).toBe('POST text/xml hello'));
});
