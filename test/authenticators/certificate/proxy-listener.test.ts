import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readDer, readFilePem } from '../../../certs-dev/set.ts';
import { createProxyListener, fingerprintOf, type ForwardedForm, type ProxyListenerSettings } from '../../../src/authenticators/certificate/proxy-listener.ts';
import { BACK, HANDLE, HOST, PATH, askPlain, askTls, close, listen, pair, recorder, set } from './stage.ts';

const SECRET = 'first-secret-of-the-proxy-00000000000';
const NEXT_SECRET = 'second-secret-of-the-proxy-0000000000';
const settings = (form: ForwardedForm, more: Partial<ProxyListenerSettings> = {}): ProxyListenerSettings => ({ form, secrets: [SECRET, NEXT_SECRET], hosts: [HOST], mutualTls: null, ...more });
const annaFile = set.certificate('anna-berglund').certFile;
const annaDer = readDer(annaFile);
const base64 = annaDer.toString('base64');
const intermediate = readDer(set.authority('siths-hsa-id-3').certFile);
const escaped = encodeURIComponent(readFilePem(annaFile));

type Headers = Readonly<Record<string, string>>;
const common: Headers = { 'X-Bryggan-Proxy-Secret': SECRET, 'X-SSL-Client-Verify': 'SUCCESS', 'X-SSL-Session-Reused': '.' };
const good: Readonly<Record<ForwardedForm, Headers>> = {
  'rfc9440': { ...common, 'Client-Cert': `:${base64}:` },
  'escaped-pem': { ...common, 'X-SSL-Client-Cert': escaped },
};
const lines = (headers: Headers, path = PATH, host = HOST): string[] => [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
const without = (headers: Headers, ...names: readonly string[]): Headers => Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

const ports = recorder();
const servers = { 'rfc9440': createProxyListener(settings('rfc9440'), ports), 'escaped-pem': createProxyListener(settings('escaped-pem'), ports) };
const at = { 'rfc9440': 0, 'escaped-pem': 0 };
const forms: readonly ForwardedForm[] = ['rfc9440', 'escaped-pem'];
beforeAll(async () => { for (const form of forms) at[form] = await listen(servers[form]); });
afterAll(async () => { for (const form of forms) await close(servers[form]); });
beforeEach(() => { ports.seen.length = 0; ports.refused.length = 0; });

describe.each(forms)('a certificate handed over as %s', (form) => {
  const ask = (headers: Headers, path?: string, host?: string) => askPlain(at[form], lines(headers, path, host));
  const name = form === 'rfc9440' ? 'Client-Cert' : 'X-SSL-Client-Cert';

  it('is handed on', async () => {
    const reply = await ask(good[form]);
    expect([reply.status, reply.headers['location'], reply.headers['connection']]).toEqual([303, BACK, 'close']);
    expect(ports.seen).toMatchObject([{ handle: HANDLE, facts: { via: 'proxy', hostName: HOST }, peer: { proxyComplaint: null, chainDer: [] } }]);
    expect(Buffer.from(ports.seen[0]!.peer!.leafDer).equals(annaDer)).toBe(true);
  });
  it('no certificate is told apart from a missing word', async () => {
    expect((await ask({ ...without(good[form], name), 'X-SSL-Client-Verify': 'NONE' })).status).toBe(303);
    expect(ports.seen).toMatchObject([{ peer: null }]);
  });
  it.each([['0', null], ['SUCCESS', null], ['FAILED:certificate has expired', 'FAILED:certificate has expired'], ['10', '10']])('verify result %s is handed on as complaint %s', async (verify, complaint) => {
    expect((await ask({ ...good[form], 'X-SSL-Client-Verify': verify })).status).toBe(303);
    expect(ports.seen[0]!.peer!.proxyComplaint).toBe(complaint);
  });
  it('the second secret is good while it is being changed', async () => {
    expect((await ask({ ...good[form], 'X-Bryggan-Proxy-Secret': NEXT_SECRET })).status).toBe(303);
  });

  const bad: readonly (readonly [rule: string, headers: Headers])[] = [
    ['no secret', without(good[form], 'X-Bryggan-Proxy-Secret')],
    ['a wrong secret', { ...good[form], 'X-Bryggan-Proxy-Secret': `${SECRET}x` }],
    ['an empty secret', { ...good[form], 'X-Bryggan-Proxy-Secret': '' }],
    ['the secret twice', { ...good[form], 'x-bryggan-proxy-secret': SECRET }],
    ['no verify result', without(good[form], 'X-SSL-Client-Verify')],
    ['an empty verify result', { ...good[form], 'X-SSL-Client-Verify': '' }],
    ['two verify results', { ...good[form], 'x-ssl-client-verify': 'NONE' }],
    ['verify NONE beside a certificate', { ...good[form], 'X-SSL-Client-Verify': 'NONE' }],
    ['verify SUCCESS without a certificate', without(good[form], name)],
    ['the certificate twice', { ...good[form], [name.toLowerCase()]: form === 'rfc9440' ? `:${base64}:` : escaped }],
    ['a twin with underscores', { ...good[form], [name.replaceAll('-', '_')]: form === 'rfc9440' ? `:${base64}:` : escaped }],
    ['only the twin with underscores', { ...without(good[form], name), [name.replaceAll('-', '_')]: form === 'rfc9440' ? `:${base64}:` : escaped }],
    ['a verify result with underscores beside ours', { ...good[form], X_SSL_Client_Verify: 'SUCCESS' }],
    ['a certificate in the other form beside ours', { ...good[form], [form === 'rfc9440' ? 'X-SSL-Client-Cert' : 'Client-Cert']: form === 'rfc9440' ? escaped : `:${base64}:` }],
    ['a header of another product', { ...good[form], 'X-Forwarded-Client-Cert': 'Hash=1' }],
    ['an empty certificate', { ...good[form], [name]: '' }],
    ['garbage for a certificate', { ...good[form], [name]: 'garbage' }],
    ['base64 with something in it that is skipped', { ...good[form], [name]: form === 'rfc9440' ? `:${base64.slice(0, 8)} ${base64.slice(8)}:` : escaped.replace('MII', 'M%20II') }],
  ];
  it.each(bad)('is refused with card.proxy: %s', async (_rule, headers) => {
    const reply = await ask(headers);
    expect(reply.status).toBe(403);
    expect(ports.refused).toEqual(['card.proxy']);
    expect(ports.seen).toHaveLength(0);
    expect(reply.body).not.toContain(base64.slice(20, 60));
  });
  it.each([['r'], ['1'], [''], ['yes']])('a resumed session, or a proxy that does not say, is refused: %j', async (word) => {
    expect((await ask({ ...good[form], 'X-SSL-Session-Reused': word })).status).toBe(403);
    expect((await ask(without(good[form], 'X-SSL-Session-Reused'))).status).toBe(403);
    expect(ports.refused).toEqual(['card.resumed', 'card.proxy']);
  });
  it('other paths and hosts are refused here too', async () => {
    expect((await ask(good[form], '/login/x')).status).toBe(404);
    expect((await ask(good[form], PATH, 'localhost')).status).toBe(421);
    expect(ports.refused).toEqual(['web.not-found', 'web.host']);
  });
});

describe('RFC 9440', () => {
  const ask = (headers: Headers) => askPlain(at['rfc9440'], lines(headers));
  it('the chain comes along, nearest first', async () => {
    expect((await ask({ ...good['rfc9440'], 'Client-Cert-Chain': `:${intermediate.toString('base64')}:, :${base64}:` })).status).toBe(303);
    expect(ports.seen[0]!.peer!.chainDer.map((der) => der.length)).toEqual([intermediate.length, annaDer.length]);
  });
  it.each([
    ['a chain without a certificate', { ...without(good['rfc9440'], 'Client-Cert'), 'X-SSL-Client-Verify': 'NONE', 'Client-Cert-Chain': `:${base64}:` }],
    ['a chain of five', { ...good['rfc9440'], 'Client-Cert-Chain': new Array<string>(5).fill(`:${base64}:`).join(', ') }],
    ['two certificates in one header', { ...good['rfc9440'], 'Client-Cert': `:${base64}:, :${base64}:` }],
    ['base64 without colons', { ...good['rfc9440'], 'Client-Cert': base64 }],
  ])('is refused: %s', async (_rule, headers) => {
    expect((await ask(headers)).status).toBe(403);
    expect(ports.refused).toEqual(['card.proxy']);
  });
});
describe('escaped PEM', () => {
  it.each([
    ['two PEM blocks', `${escaped}${escaped}`],
    ['a key beside the certificate', `${escaped}${encodeURIComponent('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')}`],
    ['a broken escape', `${escaped}%`],
    ['a PEM of another kind', escaped.replaceAll('CERTIFICATE', 'X509%20CRL')],
  ])('is refused: %s', async (_rule, value) => {
    expect((await askPlain(at['escaped-pem'], lines({ ...good['escaped-pem'], 'X-SSL-Client-Cert': value }))).status).toBe(403);
    expect(ports.refused).toEqual(['card.proxy']);
  });
});

describe('who may reach the listener', () => {
  it('a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'card-'));
    const server = createProxyListener(settings('rfc9440'), ports);
    const path = join(folder, 'proxy.sock');
    await listen(server, path);
    expect((await askPlain(path, lines(good['rfc9440']))).status).toBe(303);
    await close(server);
    rmSync(folder, { recursive: true });
  });
  const proxy = set.machine('proxy');
  const mutual = (certificate: string): ProxyListenerSettings => settings('rfc9440', {
    mutualTls: {
      key: readFilePem(set.machine('main').keyFile), certificate: readFilePem(set.machine('main').certFile),
      authorities: ['siths-function', 'siths-root'].map((id) => readFilePem(set.authority(id).certFile)), fingerprints: [fingerprintOf(readFilePem(certificate))],
    },
  });
  it('with mutual TLS: the pinned proxy, also on its second connection; another certificate of the same CA is refused, and no certificate is', async () => {
    const server = createProxyListener(mutual(proxy.certFile), ports);
    const port = await listen(server);
    const ask = (client: object) => askTls({ port, servername: 'localhost', send: lines(good['rfc9440']), ...client });
    const first = await ask(pair(proxy));
    expect(first.status).toBe(303);
    expect((await ask({ ...pair(proxy), session: first.sessions.at(-1) })).status).toBe(303);
    expect((await ask(pair(set.machine('directory')))).status).toBe(403);
    expect(ports.refused).toEqual(['card.proxy']);
    // TLS 1.3 tells a client of its refusal after the handshake: an error or a connection that ends without a word.
    const answered = (client: object): Promise<boolean> => ask(client).then((reply) => reply.raw !== '', () => false);
    expect(await answered({})).toBe(false);
    expect(await answered(pair(set.certificate('anna-berglund')))).toBe(false);
    expect(ports.seen).toHaveLength(2);
    await close(server);
  });
  it.each([
    ['no secret', settings('rfc9440', { secrets: [] })],
    ['three secrets', settings('rfc9440', { secrets: [SECRET, NEXT_SECRET, SECRET] })],
    ['a short secret', settings('rfc9440', { secrets: ['short'] })],
    ['no host', settings('rfc9440', { hosts: [] })],
    ['mutual TLS that pins nobody', settings('rfc9440', { mutualTls: { ...mutual(proxy.certFile).mutualTls!, fingerprints: [] } })],
    ['mutual TLS without authority', settings('rfc9440', { mutualTls: { ...mutual(proxy.certFile).mutualTls!, authorities: [] } })],
  ])('a listener that would believe anybody is not made: %s', (_rule, wrong) => {
    expect(() => createProxyListener(wrong, ports)).toThrow(/config\.invalid/);
  });
});
