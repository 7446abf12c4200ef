/** The rules that every proxy in front of the card host must keep, run against a real one. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readDer } from '../../certs-dev/set.ts';
import { BACK, HANDLE, HOST, PATH, askTls, pair, set } from '../authenticators/certificate/stage.ts';
import { cardStage, outcomeOf, type CardStage } from '../authenticators/certificate/trust.ts';
import { recorder, startProxy, type ProxyProgram, type RunningProxy } from './proxy-stage.ts';

const anna = set.certificate('anna-berglund');
/** Everything a browser may send to look like the proxy, with Erik's certificate. */
const spoofed = (): string[] => {
  const der = readDer(set.certificate('erik-sandstrom').certFile).toString('base64');
  const names = ['Client-Cert', 'client_cert', 'Client-Cert-Chain', 'X-SSL-Client-Cert', 'X_SSL_CLIENT_CERT', 'X-SSL-Client-Verify', 'X_SSL_Client_Verify', 'X-SSL-Session-Reused', 'X-Bryggan-Proxy-Secret', 'X-Forwarded-Client-Cert', 'X-Client-Cert', 'SSL-Client-Cert'];
  return names.map((name) => `${name}: ${/verify/i.test(name) ? 'SUCCESS' : /reused/i.test(name) ? '.' : `:${der}:`}`);
};

export const proxyRules = (program: ProxyProgram): void => {
  const ports = recorder();
  let proxy: RunningProxy;
  let stage: CardStage;
  beforeAll(async () => { stage = await cardStage(); proxy = await startProxy(program, ports); });
  afterAll(async () => { await proxy.stop(); stage.close(); });
  beforeEach(() => { ports.seen.length = 0; ports.refused.length = 0; });
  const ask = (more: Partial<Parameters<typeof askTls>[0]> = {}) => askTls({ port: proxy.port, ...more });
  const request = (...headers: readonly string[]): string[] => [`GET ${PATH} HTTP/1.1`, `Host: ${HOST}:${String(proxy.port)}`, 'Connection: close', ...headers];

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a card is handed over whole, %s', async (version) => {
    const reply = await ask({ ...pair(anna), minVersion: version, maxVersion: version, send: request('Accept-Language: sv') });
    expect(reply.headers['location'], reply.raw).toBe(BACK);
    expect(ports.seen).toMatchObject([{ handle: HANDLE, facts: { via: 'proxy', hostName: HOST, acceptLanguage: 'sv' }, peer: { proxyComplaint: null } }]);
    expect(Buffer.from(ports.seen[0]!.peer!.leafDer).equals(readDer(anna.certFile))).toBe(true);
  });
  it('no card: nothing was presented', async () => {
    expect((await ask({ send: request() })).status).toBe(303);
    expect(ports.seen).toMatchObject([{ peer: null }]);
  });
  it.each(['expired', 'impostor', 'unlisted'])('a card that the proxy does not accept reaches the page that explains it, with the complaint: %s', async (kind) => {
    const files = kind === 'expired' ? set.certificate('jonas-falk') : set.odd(`issuer-${kind}`);
    expect((await ask({ ...pair(files), send: request() })).status).toBe(303);
    expect(Buffer.from(ports.seen[0]!.peer!.leafDer).equals(readDer(files.certFile))).toBe(true);
    // The unlisted CA lies below a root that the proxy knows, but is not at hand: its complaint is that it has no path.
    expect(ports.seen[0]!.peer!.proxyComplaint).not.toBeNull();
  });
  it.each([
    ['anna-berglund', 'SE2321000131-DEV1001'], ['ingrid-soder', 'card.revoked'], ['jonas-falk', 'card.expired'], ['mona-lund', 'card.issuer-unknown'], ['leo-wallin', 'card.level-unknown'],
  ])('through the proxy as without it: %s is %s', async (person, expected) => {
    await ask({ ...pair(set.certificate(person)), send: request() });
    const outcome = outcomeOf(stage, ports.seen[0]!.peer);
    expect(typeof outcome === 'string' ? outcome : outcome.person).toEqual(typeof outcome === 'string' ? expected : { kind: 'hsa-id', hsaId: expected });
  });
  it('headers that a browser sends to look like the proxy do not pass, without a card and with one (threats H01)', async () => {
    expect((await ask({ send: request(...spoofed()) })).status).toBe(303);
    expect((await ask({ ...pair(anna), send: request(...spoofed()) })).status).toBe(303);
    expect(ports.seen[0]!.peer).toBeNull();
    expect(Buffer.from(ports.seen[1]!.peer!.leafDer).equals(readDer(anna.certFile))).toBe(true);
    expect(ports.refused).toEqual([]);
  });
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a session cannot be resumed, %s (threats H03)', async (version) => {
    const only = { ...pair(anna), minVersion: version, maxVersion: version, send: request() };
    const first = await ask(only);
    const session = first.sessions.at(-1);
    const second = await ask({ ...only, ...(session === undefined ? {} : { session }) });
    expect([first.socket.reused, second.socket.reused]).toEqual([false, false]);
    expect(ports.seen).toHaveLength(2);
  });
  it('another server name gets no handshake, another Host no answer (threats H04)', async () => {
    await expect(ask({ ...pair(anna), servername: 'localhost', send: request() })).rejects.toThrow();
    const mixed = await ask({ ...pair(anna), send: [`GET ${PATH} HTTP/1.1`, 'Host: localhost', 'Connection: close'] });
    expect(mixed.status).toBe(421);
    expect(ports.seen).toHaveLength(0);
  });
  it('h2 is not negotiated', async () => {
    const reply = await ask({ ...pair(anna), ALPNProtocols: ['h2', 'http/1.1'], send: request() });
    expect(reply.socket.alpn).not.toBe('h2');
    expect(reply.status).toBe(303);
  });
  it('a fresh name below the card host works', async () => {
    const reply = await ask({ ...pair(anna), servername: 'k3xq.card.localhost', send: [`GET ${PATH} HTTP/1.1`, 'Host: k3xq.card.localhost', 'Connection: close'] });
    expect(reply.status, reply.raw).toBe(303);
    expect(ports.seen[0]!.facts.hostName).toBe('k3xq.card.localhost');
  });
};
