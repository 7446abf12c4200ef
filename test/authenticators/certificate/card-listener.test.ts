import { createServer } from 'node:https';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readDer, readFilePem } from '../../../certs-dev/set.ts';
import { createCardEndpoint } from '../../../src/authenticators/certificate/card-endpoint.ts';
import { cardTlsOptions, createCardListener, tlsPeerReader } from '../../../src/authenticators/certificate/card-listener.ts';
import { BACK, HANDLE, HOST, PATH, askTls, cardSettings, close, listen, pair, recorder, relay, set } from './stage.ts';

const anna = pair(set.certificate('anna-berglund'));
const annaDer = readDer(set.certificate('anna-berglund').certFile);
const ports = recorder();
const server = createCardListener(cardSettings(), ports);
let port = 0;
beforeAll(async () => { port = await listen(server); });
afterAll(() => close(server));
beforeEach(() => { ports.seen.length = 0; ports.refused.length = 0; ports.warnings.length = 0; });

describe('a card is handed on', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('with %s: leaf, handle and where the browser goes next', async (version) => {
    const reply = await askTls({ port, ...anna, minVersion: version, maxVersion: version });
    expect(reply.status).toBe(303);
    expect(reply.headers['location']).toBe(BACK);
    expect(ports.seen).toHaveLength(1);
    expect(ports.seen[0]!.handle).toBe(HANDLE);
    expect(Buffer.from(ports.seen[0]!.peer!.leafDer).equals(annaDer)).toBe(true);
    expect(ports.seen[0]!.facts).toMatchObject({ via: 'tls', hostName: HOST, tlsVersion: version });
  });
  it('without a card the person still gets an answer: nothing was presented', async () => {
    const reply = await askTls({ port });
    expect(reply.status).toBe(303);
    expect(ports.seen).toMatchObject([{ handle: HANDLE, peer: null }]);
  });
  it('an intermediate that the card sends is handed on as a hint', async () => {
    const chain = `${anna.cert}${readFilePem(set.authority('siths-hsa-id-3').certFile)}`;
    await askTls({ port, key: anna.key, cert: chain });
    expect(ports.seen[0]!.peer!.chainDer.map((der) => Buffer.from(der).equals(readDer(set.authority('siths-hsa-id-3').certFile)))).toContain(true);
  });
  it('a certificate of an unknown hierarchy is handed on too: the page that explains it comes later', async () => {
    await askTls({ port, ...pair(set.odd('issuer-impostor')) });
    expect(ports.seen[0]!.peer).not.toBeNull();
  });
  it('a certificate changed on the wire never gets through the handshake: the proof of the key covers it', async () => {
    const unchanged = await relay(port);
    expect((await askTls({ port: unchanged.port, ...anna, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })).status).toBe(303);
    expect(ports.seen).toHaveLength(1);
    const changed = await relay(port, (bytes) => Buffer.from(bytes.toString('latin1').replace('SE2321000131-DEV1001', 'SE2321000131-DEV1002'), 'latin1'));
    await expect(askTls({ port: changed.port, ...anna, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })).rejects.toThrow();
    expect(ports.seen).toHaveLength(1);
    await Promise.all([unchanged.close(), changed.close()]);
  });
  it('a fresh name below the card host works, another name does not', async () => {
    expect((await askTls({ port, ...anna, servername: 'k3xq.card.localhost', send: [`GET ${PATH} HTTP/1.1`, 'Host: k3xq.card.localhost'] })).status).toBe(303);
    expect((await askTls({ port, ...anna, servername: 'k3xq.card.localhost', send: [`GET ${PATH} HTTP/1.1`, 'Host: a.k3xq.card.localhost'] })).status).toBe(421);
  });
});

describe('the TLS rules', () => {
  it('the issuing CAs are hinted, so that browsers offer the right certificates only', async () => {
    // TLS 1.2: the CertificateRequest is readable on the wire before encryption starts.
    const wiretap = await relay(port);
    await askTls({ port: wiretap.port, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
    await wiretap.close();
    const wire = Buffer.concat(wiretap.fromServer);
    const hinted = (id: string): boolean => wire.includes(Buffer.from(new X509Certificate(readFilePem(set.authority(id).certFile)).subject.split('\n').at(-1)!.slice(3)));
    expect(['siths-hsa-id-3', 'siths-person-id-2', 'efos-hsa-id'].map(hinted)).toEqual([true, true, true]);
    expect(hinted('siths-function')).toBe(false);
    expect(hinted('siths-unlisted')).toBe(false);
  });
  it('h2 is never negotiated', async () => {
    expect((await askTls({ port, ...anna, ALPNProtocols: ['h2', 'http/1.1'] })).socket.alpn).toBe('http/1.1');
    await expect(askTls({ port, ...anna, ALPNProtocols: ['h2'] })).rejects.toThrow();
  });
  it('TLS 1.1 is refused', async () => {
    await expect(askTls({ port, ...anna, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' })).rejects.toThrow();
  });
  it('TLS 1.2 hands out no ticket', async () => {
    const reply = await askTls({ port, ...anna, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
    expect(reply.socket.hasTicket).toBe(false);
  });
  it('one request a connection: the next attempt shakes hands anew', async () => {
    const reply = await askTls({ port, ...anna, send: [`GET ${PATH} HTTP/1.1`, `Host: ${HOST}`, 'Connection: keep-alive', '', `GET ${PATH} HTTP/1.1`, `Host: ${HOST}`] });
    expect(reply.headers['connection']).toBe('close');
    expect(ports.seen).toHaveLength(1);
  });
  it('the certificate of the listener is not valid for the main host', () => {
    const certificate = new X509Certificate(cardSettings().certificate);
    expect(certificate.checkHost(HOST)).toBe(HOST);
    expect(certificate.checkHost('localhost')).toBeUndefined();
    expect(certificate.checkIP('127.0.0.1')).toBeUndefined();
  });
});

describe('only the card address, asked for properly', () => {
  const bad: readonly (readonly [rule: string, code: string, lines: readonly string[]])[] = [
    ['another path', 'web.not-found', ['GET / HTTP/1.1', `Host: ${HOST}`]],
    ['a path below the handle', 'web.not-found', [`GET ${PATH}/more HTTP/1.1`, `Host: ${HOST}`]],
    ['a query', 'web.not-found', [`GET ${PATH}?x=1 HTTP/1.1`, `Host: ${HOST}`]],
    ['a handle without secret', 'web.not-found', ['GET /card/AAAAAAAAAAAAAAAAAAAAAA HTTP/1.1', `Host: ${HOST}`]],
    ['dots in the path', 'web.not-found', ['GET /card/../login HTTP/1.1', `Host: ${HOST}`]],
    ['an absolute address', 'web.not-found', [`GET https://${HOST}${PATH} HTTP/1.1`, `Host: ${HOST}`]],
    ['POST', 'web.method', [`POST ${PATH} HTTP/1.1`, `Host: ${HOST}`, 'Content-Length: 0']],
    ['a body', 'web.parameter', [`GET ${PATH} HTTP/1.1`, `Host: ${HOST}`, 'Content-Length: 1', '', 'x']],
    ['the main host', 'web.host', [`GET ${PATH} HTTP/1.1`, 'Host: localhost']],
    ['a name that only ends like ours', 'web.host', [`GET ${PATH} HTTP/1.1`, 'Host: evil-card.localhost']],
    ['a Host that differs from the TLS server name', 'web.host', [`GET ${PATH} HTTP/1.1`, 'Host: other.card.localhost']],
  ];
  it.each(bad)('%s is refused: %s', async (_rule, code, lines) => {
    const reply = await askTls({ port, ...anna, send: lines });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    expect(ports.refused).toEqual([code]);
    expect(ports.seen).toHaveLength(0);
  });
  it('every answer carries the security headers, no cookie, and no caching', async () => {
    for (const reply of [await askTls({ port, ...anna }), await askTls({ port, ...anna, send: ['GET / HTTP/1.1', `Host: ${HOST}`] })]) {
      expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
      expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
      expect(reply.headers).not.toHaveProperty('set-cookie');
      expect(reply.headers).not.toHaveProperty('server');
    }
  });
  it('strict transport security is promised for a real name, not for this machine', async () => {
    const real = recorder();
    const other = createCardListener(cardSettings({ hosts: ['card.region.example', HOST] }), real);
    const otherPort = await listen(other);
    const ask = (name: string) => askTls({ port: otherPort, ...anna, servername: name, checkServerIdentity: () => undefined, send: [`GET ${PATH} HTTP/1.1`, `Host: ${name}`] });
    expect((await ask('card.region.example')).headers['strict-transport-security']).toBe('max-age=31536000');
    expect((await ask(HOST)).headers).not.toHaveProperty('strict-transport-security');
    await close(other);
  });
  it('a failing login ends in a page, and the listener lives on', async () => {
    const failing = { ...recorder(), onCard: () => Promise.reject(new Error('unexpected')) };
    const other = createCardListener(cardSettings(), failing);
    const otherPort = await listen(other);
    expect((await askTls({ port: otherPort, ...anna })).status).toBe(403);
    expect(failing.refused).toEqual(['internal']);
    expect((await askTls({ port: otherPort, ...anna })).status).toBe(403);
    await close(other);
  });
});

describe('resumption', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: a session of the listener itself cannot be resumed', async (version) => {
    const first = await askTls({ port, ...anna, minVersion: version, maxVersion: version });
    const session = first.sessions.at(-1);
    expect(session).toBeDefined();
    const second = await askTls({ port, ...anna, minVersion: version, maxVersion: version, session: session! });
    expect(second.socket.reused).toBe(false);
    expect(ports.seen).toHaveLength(2);
  });
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: where a server does resume, the endpoint refuses with card.resumed', async (version) => {
    // A server with tickets in front of the same endpoint: what a wrong setting would be.
    const leaky = createServer({ ...cardTlsOptions(cardSettings()), secureOptions: 0 }, createCardEndpoint([HOST], tlsPeerReader(ports.log), ports));
    const leakyPort = await listen(leaky);
    const first = await askTls({ port: leakyPort, ...anna, minVersion: version, maxVersion: version });
    expect(first.status).toBe(303);
    const second = await askTls({ port: leakyPort, ...anna, minVersion: version, maxVersion: version, session: first.sessions.at(-1)! });
    expect(second.socket.reused).toBe(true);
    expect(second.status).toBe(403);
    expect(ports.refused).toEqual(['card.resumed']);
    expect(ports.seen).toHaveLength(1);
    await close(leaky);
  });
});
