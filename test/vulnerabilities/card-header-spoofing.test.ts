/** H01, H02: whoever writes a certificate into a header is not its holder. Its twin: the proxy, with its secret, on its own listener. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readDer } from '../../certs-dev/set.ts';
import { createCardListener } from '../../src/authenticators/certificate/card-listener.ts';
import { createProxyListener } from '../../src/authenticators/certificate/proxy-listener.ts';
import { HOST, PATH, askPlain, askTls, cardSettings, close, listen, pair, recorder, set } from '../authenticators/certificate/stage.ts';

const SECRET = 'secret-between-proxy-and-listener-000';
const victim = readDer(set.certificate('erik-sandstrom').certFile);
const claim = [`Client-Cert: :${victim.toString('base64')}:`, 'X-SSL-Client-Verify: SUCCESS', 'X-SSL-Session-Reused: .'];
const names = ['Client-Cert', 'client_cert', 'CLIENT-CERT', 'X-SSL-Client-Cert', 'X_SSL_CLIENT_CERT', 'X-Client-Cert', 'X-Forwarded-Client-Cert', 'X-Forwarded-Tls-Client-Cert', 'SSL-Client-Cert', 'X-ARR-ClientCert', 'X-SSL-Client-Verify', 'X-Bryggan-Proxy-Secret'];
const request = (...headers: readonly string[]): string[] => [`GET ${PATH} HTTP/1.1`, `Host: ${HOST}`, 'Connection: close', ...headers];

const ports = recorder();
const card = createCardListener(cardSettings(), ports);
const proxy = createProxyListener({ form: 'rfc9440', secrets: [SECRET], hosts: [HOST], mutualTls: null }, ports);
let cardPort = 0;
let proxyPort = 0;
beforeAll(async () => { cardPort = await listen(card); proxyPort = await listen(proxy); });
afterAll(() => Promise.all([close(card), close(proxy)]));
beforeEach(() => { ports.seen.length = 0; ports.refused.length = 0; ports.warnings.length = 0; });

describe('on the card listener a forwarded certificate means nothing', () => {
  it.each(names)('%s is ignored, and an alarm is raised', async (name) => {
    await askTls({ port: cardPort, send: request(`${name}: :${victim.toString('base64')}:`) });
    expect(ports.seen).toMatchObject([{ peer: null }]);
    expect(ports.warnings).toMatchObject([{ headers: [name.toLowerCase().replaceAll('_', '-')] }]);
  });
  it('beside a real card the real card counts', async () => {
    await askTls({ port: cardPort, ...pair(set.certificate('anna-berglund')), send: request(...claim, `X-Bryggan-Proxy-Secret: ${SECRET}`) });
    expect(Buffer.from(ports.seen[0]!.peer!.leafDer).equals(readDer(set.certificate('anna-berglund').certFile))).toBe(true);
  });
  it('an ordinary request raises no alarm', async () => {
    await askTls({ port: cardPort, send: request('Accept-Language: sv', 'Cookie: a=b', 'X-Forwarded-For: 10.0.0.1') });
    expect(ports.warnings).toEqual([]);
  });
});

describe('on the proxy listener a certificate is believed from the proxy alone', () => {
  it('with the secret it is believed (the twin)', async () => {
    expect((await askPlain(proxyPort, request(...claim, `X-Bryggan-Proxy-Secret: ${SECRET}`))).status).toBe(303);
    expect(ports.seen).toHaveLength(1);
  });
  it.each([
    ['no secret', claim],
    ['an empty secret', [...claim, 'X-Bryggan-Proxy-Secret:']],
    ['a prefix of the secret', [...claim, `X-Bryggan-Proxy-Secret: ${SECRET.slice(0, -1)}`]],
    ['the secret with a twin of the attacker', [...claim, `X-Bryggan-Proxy-Secret: ${SECRET}`, 'X_Bryggan_Proxy_Secret: x']],
    ['a second certificate that slipped through', [...claim, `X-Bryggan-Proxy-Secret: ${SECRET}`, 'client_cert: :AAAA:']],
  ])('a valid public certificate, forged into the header with %s, is refused and audited', async (_what, headers) => {
    expect((await askPlain(proxyPort, request(...headers))).status).toBe(403);
    expect(ports.refused).toEqual(['card.proxy']);
    expect(ports.seen).toEqual([]);
  });
});
