/**
 * The feeds of a running Bryggan as others read them: OpenSAML's samlsign and xmlsec1 verify every document with the pinned certificate
 * alone, HTTP behaves as fetchers expect, and queries find what the feed holds.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathOf } from '../../certs-dev/set.ts';
import type { UserAgent } from '../fixtures/user-agent.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import { serviceMetadata } from '../fixtures/saml.ts';

const JOURNAL = 'https://journal.example.org/saml';
const pinned = pathOf('keys/metadata-signing.crt.pem');
const other = pathOf('keys/saml-signing.crt.pem');
let bryggan: Bryggan;
let folder: string;
const get = (path: string, init: { readonly method?: string; readonly headers?: Record<string, string> } = {}): ReturnType<UserAgent['once']> => bryggan.agentFor(null).once(`${bryggan.baseUrl}${path}`, init);
const fetched = async (path: string): Promise<Buffer> => {
  const answer = await get(path);
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
};
const saved = (bytes: Buffer): string => {
  const file = join(folder, 'document.xml');
  writeFileSync(file, bytes);
  return file;
};
const samlsign = (bytes: Buffer, certificate = pinned): boolean => spawnSync('samlsign', ['-f', saved(bytes), '-c', certificate], { encoding: 'utf8' }).status === 0;
const xmlsec = (bytes: Buffer, root: string, certificate = pinned): boolean =>
  spawnSync('xmlsec1', ['--verify', '--pubkey-cert-pem', certificate, '--id-attr:ID', `urn:oasis:names:tc:SAML:2.0:metadata:${root}`, saved(bytes)], { encoding: 'utf8' }).status === 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bryggan-feeds-'));
  bryggan = await startBryggan({ services: [{ party: 'ale', name: 'journal', xml: serviceMetadata({ entityId: JOURNAL }), yaml: 'federation: sambi\n' }] });
  await until('the feeds are published', async () => (await get('/metadata/sambi.xml')).status === 200, () => bryggan.log().slice(-3000));
});
afterAll(async () => {
  await bryggan.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('others verify what we publish', () => {
  it.each(['local-idps', 'sambi', 'applications'])('%s with the pinned certificate, and with no other; one octet changed is found', async (feed) => {
    const bytes = await fetched(`/metadata/${feed}.xml`);
    expect(samlsign(bytes)).toBe(true);
    expect(xmlsec(bytes, 'EntitiesDescriptor')).toBe(true);
    expect(samlsign(bytes, other)).toBe(false);
    expect(xmlsec(bytes, 'EntitiesDescriptor', other)).toBe(false);
    const changed = Buffer.from(String(bytes).replace('/saml/sso', '/saml/ssO'));
    expect(samlsign(changed)).toBe(false);
    expect(xmlsec(changed, 'EntitiesDescriptor')).toBe(false);
  });
  it('the answer to a query, by id and by its hash', async () => {
    const byId = await fetched(`/metadata/sambi/entities/${encodeURIComponent(JOURNAL)}`);
    expect(xmlsec(byId, 'EntityDescriptor')).toBe(true);
    expect(samlsign(byId)).toBe(true);
    const hash = spawnSync('sha1sum', { input: JOURNAL, encoding: 'utf8' }).stdout.slice(0, 40);
    expect(await fetched(`/metadata/sambi/entities/%7Bsha1%7D${hash}`)).toEqual(byId);
  });
});

describe('who is in which feed', () => {
  it('the service of SAMBI is in SAMBI’s alone, our identity provider in each with its own facts', async () => {
    const [idps, sambi, applications] = await Promise.all(['local-idps', 'sambi', 'applications'].map(async (feed) => String(await fetched(`/metadata/${feed}.xml`))));
    for (const text of [idps, sambi, applications]) expect(text).toContain(`entityID="${bryggan.entityId}"`);
    expect(sambi).toContain(JOURNAL);
    expect(sambi).toContain('Ale kommun');
    expect(idps).not.toContain(JOURNAL);
    expect(applications).not.toContain(JOURNAL);
    // Not approved by the federation yet: no level is claimed there (threats F09).
    expect(sambi).not.toContain('assurance-certification');
    expect(applications).toContain('assurance-certification');
    expect(applications).toContain('uncertified-loa3');
    expect(idps).not.toContain('uncertified-loa3');
  });
});

describe('HTTP', () => {
  it('one that has it is told so; the zipped form has a tag of its own; HEAD says the same without the bytes', async () => {
    const plain = await get('/metadata/sambi.xml', { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-type')).toBe('application/samlmetadata+xml');
    const tag = plain.headers.get('etag') ?? '';
    const again = await get('/metadata/sambi.xml', { headers: { 'accept-encoding': 'identity', 'if-none-match': tag } });
    expect([again.status, again.headers.get('etag')]).toEqual([304, tag]);
    const zipped = await get('/metadata/sambi.xml', { headers: { 'accept-encoding': 'gzip' } });
    expect([zipped.headers.get('content-encoding'), zipped.headers.get('vary')]).toEqual(['gzip', 'accept-encoding']);
    expect(zipped.headers.get('etag')).not.toBe(tag);
    const head = await get('/metadata/sambi.xml', { method: 'HEAD', headers: { 'accept-encoding': 'identity' } });
    expect([head.status, head.headers.get('etag'), head.headers.get('content-length')]).toEqual([200, tag, String((await plain.arrayBuffer()).byteLength)]);
  });
  it.each(['/metadata/other.xml', '/metadata/sambi', '/metadata/sambi/entities/https%3A%2F%2Fnobody.example', `/metadata/sambi/entities/${'x'.repeat(900)}`, '/metadata/applications/entities/https%3A%2F%2Fjournal.example.org%2Fsaml', '/metadata/..%2f..%2fconfig%2fbroker.yaml'])('%s: nothing there', async (path) => {
    expect((await get(path)).status).toBe(404);
  });
  it('the page for people names members and the fingerprint to compare', async () => {
    const page = await (await get('/metadata', { headers: { 'accept-language': 'en' } })).text();
    const fingerprint = spawnSync('openssl', ['x509', '-in', pinned, '-noout', '-fingerprint', '-sha256'], { encoding: 'utf8' }).stdout.replace(/.*=|:|\s/g, '').toLowerCase();
    expect(page.replace(/ /g, '')).toContain(fingerprint);
    expect(page).toContain(JOURNAL);
  });
});

describe('the frozen export', () => {
  it('is made by an order, on record, and is the same bytes at every read and after a restart', async () => {
    expect((await get('/metadata/sambi-frozen.xml')).status).toBe(404);
    const { code, output } = await bryggan.command(['metadata', 'publish', '--json']);
    expect(code).toBe(0);
    const { sha1, sha256 } = JSON.parse(output) as { sha1: string; sha256: string };
    const first = await fetched('/metadata/sambi-frozen.xml');
    expect(spawnSync('sha1sum', { input: first, encoding: 'utf8' }).stdout.slice(0, 40)).toBe(sha1);
    expect(bryggan.audit().findLast(({ type }) => type === 'metadata.frozen')).toMatchObject({ facts: { sha1, sha256 } });
    await bryggan.terminate();
    await bryggan.restart();
    expect(await fetched('/metadata/sambi-frozen.xml')).toEqual(first);
    expect(readFileSync(join(bryggan.state, 'published', 'sambi-frozen.xml'))).toEqual(first);
  });
});
