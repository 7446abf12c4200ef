/** Renewed TLS files are taken while the listener runs; what does not fit is not, and the certificate before serves. On the card listener, over real handshakes. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createServer } from 'node:http';
import { cardTlsOptions, createCardListener } from '../../src/authenticators/certificate/card-listener.ts';
import { createTlsFollower } from '../../src/app-tls.ts';
import { askTls, CA, cardSettings, close, HOST, listen, pair, recorder, set } from '../authenticators/certificate/stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'bryggan-tls-'));
const files = { keyFile: join(folder, 'card.key.pem'), certificateFile: join(folder, 'card.crt.pem') };
const [first, second, ended] = [pair(set.machine('card')), pair(set.machine('demo')), pair(set.machine('demo'))];
const put = ({ key, cert }: { readonly key: string; readonly cert: string }): void => {
  writeFileSync(files.keyFile, key);
  writeFileSync(files.certificateFile, cert);
};
const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256;
const said: string[] = [];
const log = { debug() {}, warn() {}, info(_facts: unknown, text: string) { said.push(text); }, error(facts: { readonly fault?: string }) { said.push(facts.fault ?? ''); } };
let now = Date.UTC(2026, 10, 23);
const follower = createTlsFollower({ clock: { now: () => now }, log });
const ports = recorder();
const server = createCardListener(cardSettings(), ports);
let port = 0;
const served = (): Promise<string> => new Promise((resolve, reject) => {
  const socket = connect({ port, host: '127.0.0.1', servername: HOST, ca: CA }, () => {
    resolve(socket.getPeerCertificate().fingerprint256);
    socket.destroy();
  }).on('error', reject);
});
const settle = (): void => { for (let i = 0; i < 3; i += 1) follower.look(); };

beforeAll(async () => {
  put(first);
  follower.follow({ name: 'card', files, server, optionsFor: (wanted) => cardTlsOptions(cardSettings(wanted)) });
  port = await listen(server);
});
beforeEach(() => { said.length = 0; });
afterAll(async () => {
  follower.stop();
  await close(server);
  rmSync(folder, { recursive: true, force: true });
});

describe('renewed TLS files', () => {
  it('are taken once they have settled, said once; a card is asked for as before, and nothing can be resumed', async () => {
    expect(await served()).toBe(fingerprint(first.cert));
    put(second);
    follower.look();
    expect(await served()).toBe(fingerprint(first.cert));
    settle();
    expect(await served()).toBe(fingerprint(second.cert));
    expect(said).toEqual(['a renewed TLS certificate serves']);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const asked = { port, ...pair(set.certificate('anna-berglund')), minVersion: version, maxVersion: version };
      const reply = await askTls(asked);
      expect([reply.status, ports.seen.at(-1)?.peer === null]).toEqual([303, false]);
      const session = reply.sessions.at(-1);
      expect(session).toBeDefined();
      expect((await askTls({ ...asked, session })).socket.reused).toBe(false);
    }
  });
  it.each([
    ['the key of another', () => put({ key: second.key, cert: first.cert }), 'the key does not belong to the certificate'],
    ['no certificate', () => put({ key: second.key, cert: 'nothing' }), 'they are not a certificate and a key in PEM'],
    ['a chain that is cut short', () => put({ key: second.key, cert: `${second.cert}\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n` }), expect.stringContaining('TLS does not take them')],
    ['no file', () => rmSync(files.keyFile), 'they cannot be read'],
  ])('%s: not taken, said once, the one before serves; mended, it is taken', async (_what, spoil, fault) => {
    put(second);
    settle();
    said.length = 0;
    spoil();
    settle();
    settle();
    expect([said, await served()]).toEqual([[fault], fingerprint(second.cert)]);
    put(first);
    settle();
    expect([said.at(-1), await served()]).toEqual(['a renewed TLS certificate serves', fingerprint(first.cert)]);
  });
  it('one that has ended is not taken', async () => {
    put(first);
    settle();
    said.length = 0;
    const before = now;
    now = new X509Certificate(ended.cert).validToDate.getTime() + 1;
    put(ended);
    settle();
    expect([said, await served()]).toEqual([['the certificate has ended'], fingerprint(first.cert)]);
    now = before;
  });
  it('a listener without TLS cannot be followed', () => {
    expect(() => follower.follow({ name: 'plain', files, server: createServer(), optionsFor: () => ({}) })).toThrow(/without TLS/);
  });
});
