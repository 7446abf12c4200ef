/** Metadata that others publish, over real TLS sockets: what is taken, what is refused while the last good one serves, what only a person takes. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toServiceId } from '../../../src/core/ids.ts';
import type { FileRegistry } from '../../../src/parties/sources/file-registry.ts';
import { NOW, testKey } from '../../fixtures/saml.ts';
import { partyYaml } from '../../parties/tree.ts';
import { DAY, entity, fromFeed, HOUR, list, nameOf, node, publisher, removeRoots, settings, signed, startPublisher, type Publisher } from './stage.ts';

let feed: Publisher;
beforeEach(async () => { feed = await startPublisher(); });
afterEach(() => feed.stop());
afterAll(removeRoots);

const FILE = 'metadata/services/ale/records.yaml';
const records = toServiceId('ale/records');
const serves = (registry: FileRegistry, id = records): string | null => registry.current().services.get(id)?.wire.entityId ?? null;
const named = (registry: FileRegistry): string | undefined => registry.current().services.get(records)?.names.sv;
const good = (names = 'Journal', validUntil = NOW + 7 * DAY): string => signed(list([entity('records', { names }), entity('other'), entity('third'), entity('fourth')], validUntil));
/** A node that has taken the good document, and what it then does with another. */
const stage = async (options: Parameters<typeof node>[1] = {}, overrides: Parameters<typeof settings>[1] = {}) => {
  const place = node([settings(feed, overrides)], options);
  feed.serve('/feed.xml', good());
  const before = await place.open();
  await before.sources.refresh(null);
  place.put({ [FILE]: fromFeed('records') });
  await before.registry.poll();
  if (options.reload === 'review') await before.registry.apply('anna');
  expect(serves(before.registry)).toBe(nameOf('records'));
  const next = async (body: string) => {
    feed.serve('/feed.xml', body);
    await before.sources.refresh(null);
    const outcome = await before.registry.poll();
    return { status: before.sources.status()[0], outcome };
  };
  return { ...place, ...before, next };
};

describe('what a source may say', () => {
  test('an entity that a file names is served with the end of its list; the others are nobody', async () => {
    const { registry } = await stage();
    expect(registry.current().services.get(records)).toMatchObject({ party: 'ale', names: { sv: 'Journal' } });
    expect(registry.current().services.get(records)?.wire).toMatchObject({ validUntil: Math.floor((NOW + 7 * DAY) / DAY) * DAY });
    expect([...registry.current().servicesByEntityId.keys()]).not.toContain(nameOf('other'));
  });
  test('an unbroken newer list is taken', async () => {
    const { next, registry } = await stage();
    expect(await next(good('Journalen', NOW + 8 * DAY))).toMatchObject({ outcome: 'applied', status: { alarm: 'ok', entities: 4, lastError: null } });
    expect(named(registry)).toBe('Journalen');
  });
  const broken: Readonly<Record<string, readonly [code: string, body: () => string]>> = {
    'F01: not signed': ['signature.missing', () => list([entity('records', { names: 'Thief' }), entity('other')])],
    'F01: signed with another key': ['signature.invalid', () => signed(list([entity('records', { names: 'Thief' }), entity('other')]), testKey('thief'))],
    'F01: only an entity in it is signed': ['signature.missing', () => list([signed(entity('records', { names: 'Thief', attributes: 'ID="_one"' }), publisher, "/*[local-name()='EntityDescriptor']"), entity('other')])],
    'F01: changed after it was signed': ['signature.digest', () => good('Journalen').replace('Journalen', 'Tjuvenxyz')],
    'F02: no end': ['metadata.source', () => signed(list([entity('records', { names: 'Thief' }), entity('other')], null))],
    'F02: ended': ['metadata.source', () => good('Thief', NOW - 1)],
    'F02: good for too long': ['metadata.source', () => good('Thief', NOW + 31 * DAY)],
    'F02: older than the one before': ['metadata.source', () => good('Thief', NOW + 6 * DAY)],
    'F05: larger than allowed': ['outbound.failed', () => `${good('Thief')}<!--${'x'.repeat(1_100_000)}-->`],
    'F05: a document type': ['xml.doctype', () => `<!DOCTYPE x [<!ENTITY a "b">]>${good('Thief')}`],
    'less than half of the entities': ['metadata.source', () => signed(list([entity('records', { names: 'Thief' })], NOW + 8 * DAY))],
    'cut short': ['xml.malformed', () => good('Thief').slice(0, -40)],
    'a page instead of metadata': ['saml.metadata', () => '<html/>'],
  };
  test.each(Object.entries(broken))('%s: refused, and the last good one serves', async (_name, [code, body]) => {
    const { next, registry } = await stage();
    const { status, outcome } = await next(body());
    expect(status).toMatchObject({ alarm: 'late', entities: 4, lastError: { code } });
    expect(outcome).toBe('unchanged');
    expect(named(registry)).toBe('Journal');
  });
  test('a person who has looked takes what is much smaller', async () => {
    const { next, sources, registry } = await stage();
    await next(signed(list([entity('records', { names: 'Alone' })], NOW + 8 * DAY)));
    expect(await sources.refresh('feed', { anyway: true })).toMatchObject([{ alarm: 'ok', entities: 1 }]);
    await registry.poll();
    expect(named(registry)).toBe('Alone');
  });
  test('an entity that cannot be read, or stands there twice, leaves the one before; the rest goes on', async () => {
    const { next, registry, put } = await stage();
    put({ 'metadata/services/hjo/other.yaml': fromFeed('other') });
    await registry.poll();
    const { status } = await next(signed(list([entity('records', { names: 'Two' }), entity('records'), entity('other', { names: 'Nytt' }), entity('third')], NOW + 8 * DAY)));
    expect(status).toMatchObject({ missing: [{ file: FILE, why: `has ${nameOf('records')} more than once` }] });
    expect(named(registry)).toBe('Journal');
    expect(registry.current().services.get(toServiceId('hjo/other'))?.names.sv).toBe('Nytt');
    await next(signed(list([entity('records').replaceAll('SPSSODescriptor', 'IDPSSODescriptor'), entity('other', { names: 'Nyare' }), entity('third')], NOW + 9 * DAY)));
    expect(named(registry)).toBe('Journal');
    expect(registry.current().services.get(toServiceId('hjo/other'))?.names.sv).toBe('Nyare');
  });
});

describe('last good', () => {
  test('it serves over a restart while its publisher is away, until its own end, and nothing older follows it', async () => {
    const { open, time } = await stage();
    feed.routes.clear();
    time.now = NOW + DAY;
    const again = await open();
    expect(serves(again.registry)).toBe(nameOf('records'));
    expect(await again.sources.refresh(null)).toMatchObject([{ alarm: 'late', entities: 4, validUntil: NOW + 7 * DAY }]);
    time.now = NOW + 7 * DAY;
    expect(again.sources.status()).toMatchObject([{ alarm: 'ended' }]);
    await again.registry.poll();
    const wire = again.registry.current().services.get(records)?.wire;
    expect(wire?.protocol === 'saml' && wire.validUntil !== null && wire.validUntil <= time.now).toBe(true);
  });
  test('an older list is refused after a restart too, and near its end the alarm says so', async () => {
    const { open, time } = await stage();
    time.now = NOW + 6 * DAY + HOUR;
    feed.serve('/feed.xml', good('Thief', NOW + 6 * DAY + 2 * HOUR));
    const again = await open();
    expect(await again.sources.refresh(null)).toMatchObject([{ alarm: 'ending', lastError: { code: 'metadata.source' } }]);
    expect(named(again.registry)).toBe('Journal');
  });
  test('a file that the state directory holds is verified anew: a changed one is not used', async () => {
    const { open, state } = await stage();
    const { readdirSync, readFileSync, writeFileSync } = await import('node:fs');
    const file = readdirSync(`${state}/sources`).find((name) => name.endsWith('.xml')) ?? '';
    writeFileSync(`${state}/sources/${file}`, readFileSync(`${state}/sources/${file}`, 'utf8').replace('Journal', 'Tjuven!'));
    const again = await open();
    expect(again.sources.status()).toMatchObject([{ alarm: 'ended', lastError: { code: 'signature.digest' } }]);
    expect(named(again.registry)).toBe('Journal');
  });
  test('a file that names a source which was never fetched waits, and holds nothing else up', async () => {
    const { put, open } = node([settings(feed)]);
    put({ [FILE]: fromFeed('records') });
    const { sources, registry } = await open();
    expect(serves(registry)).toBeNull();
    expect(registry.current().services.size).toBe(3);
    expect(await sources.refresh(null)).toMatchObject([{ alarm: 'never', missing: [{ file: FILE, why: 'has no good document' }] }]);
    feed.serve('/feed.xml', good());
    await sources.refresh(null);
    await registry.poll();
    expect(serves(registry)).toBe(nameOf('records'));
  });
});

describe('what a killed process left', () => {
  test('half a document is swept away at the next start; the good one of this and of other sources stays', async () => {
    const { open, state } = await stage();
    const { existsSync, readdirSync, writeFileSync } = await import('node:fs');
    const half = `${state}/sources/feed-0123456789abcdef.xml`;
    const other = `${state}/sources/feed-two-0123456789abcdef.xml`;
    for (const path of [half, other]) writeFileSync(path, '<half');
    const again = await open();
    expect([existsSync(half), existsSync(other)]).toEqual([false, true]);
    expect(again.sources.status()).toMatchObject([{ alarm: 'ok', entities: 4 }]);
    expect(readdirSync(`${state}/sources`).filter((name) => name.endsWith('.xml'))).toHaveLength(2);
  });
});

describe('how often it is asked', () => {
  test('conditionally: what has not changed is not sent again, and counts as fetched', async () => {
    const { sources, time } = await stage();
    feed.routes.set('/feed.xml', ({ 'if-none-match': etag }, response) => { if (etag === '"one"') response.writeHead(304).end(); else response.writeHead(200, { 'etag': '"one"', 'last-modified': 'Mon, 01 Jun 2026 00:00:00 GMT' }).end(good()); });
    await sources.refresh(null);
    time.now += HOUR;
    expect(await sources.refresh(null)).toMatchObject([{ alarm: 'ok', fetchedAt: NOW + HOUR }]);
    expect(feed.asked.at(-1)?.headers).toMatchObject({ 'if-none-match': '"one"', 'if-modified-since': 'Mon, 01 Jun 2026 00:00:00 GMT' });
  });
  test('not before it is due; after a failure sooner, and more and more seldom', async () => {
    const { sources, time } = await stage();
    const asks = async (after: number): Promise<number> => {
      time.now += after;
      const before = feed.asked.length;
      await sources.round();
      return feed.asked.length - before;
    };
    expect(await asks(0.8 * HOUR)).toBe(0);
    feed.routes.clear();
    expect(await asks(0.4 * HOUR)).toBe(1);
    expect(await asks(20_000)).toBe(0);
    expect(await asks(20_000)).toBe(1);
    expect(await asks(40_000)).toBe(0);
    expect(await asks(40_000)).toBe(1);
  });
});

describe('F03 and F04: whose word, and from where', () => {
  test('a source speaks only for the parties that its row names', async () => {
    const { put, open } = node([settings(feed, { parties: ['hjo'] })]);
    feed.serve('/feed.xml', good());
    put({ [FILE]: fromFeed('records'), 'metadata/services/hjo/records.yaml': fromFeed('other') });
    const { sources, registry } = await open();
    await sources.refresh(null);
    await registry.poll();
    expect(serves(registry)).toBeNull();
    expect(serves(registry, toServiceId('hjo/records'))).toBe(nameOf('other'));
    expect(sources.status()).toMatchObject([{ missing: [{ file: FILE, why: 'may not speak for ale' }] }]);
  });
  test('an entityID of another party is refused, from wherever it comes', async () => {
    const { put, registry } = await stage();
    put({ 'metadata/services/hjo/mine.yaml': fromFeed('records') });
    expect(await registry.poll()).toBe('rejected');
    expect(registry.status().alarm?.findings).toContainEqual(expect.objectContaining({ rule: 'entity-id-twice' }));
    expect(registry.current().servicesByEntityId.get(registry.current().services.get(records)?.wire.entityId ?? ('' as never))?.party).toBe('ale');
  });
  test('a redirect is not followed', async () => {
    const { sources } = await stage();
    feed.routes.set('/feed.xml', (_headers, response) => response.writeHead(302, { location: `${feed.base}/elsewhere.xml` }).end());
    expect(await sources.refresh(null)).toMatchObject([{ lastError: { code: 'outbound.failed' } }]);
    expect(feed.asked.map(({ path }) => path)).not.toContain('/elsewhere.xml');
  });
  test.each(['https://127.0.0.1', 'https://localhost', 'https://169.254.169.254', 'http://public.example'])('%s is not called where inner networks are not allowed', async (base) => {
    const url = `${base}:${new URL(feed.base).port}/feed.xml`;
    const { open } = node([settings(feed, { url })], { networks: [] });
    const { sources } = await open();
    expect(await sources.refresh(null)).toMatchObject([{ alarm: 'never', lastError: { code: 'outbound.refused' } }]);
    expect(feed.asked).toHaveLength(0);
  });
});

describe('filters', () => {
  const registered = (authority: string): string => `<md:Extensions><mdrpi:RegistrationInfo xmlns:mdrpi="urn:oasis:names:tc:SAML:metadata:rpi" registrationAuthority="${authority}"/></md:Extensions>`;
  const attribute = (name: string, value: string): string => `<md:Extensions><mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Attribute Name="${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes></md:Extensions>`;
  const CATEGORY = 'http://macedir.org/entity-category';
  const ASSURANCE = 'urn:oasis:names:tc:SAML:attribute:assurance-certification';
  test.each([
    ['registration authority', { registrationAuthorities: ['http://good.example'] }, registered('http://good.example'), registered('http://good.example/')],
    ['entity category', { entityCategories: ['http://id.example/c'] }, attribute(CATEGORY, 'http://id.example/c'), attribute(ASSURANCE, 'http://id.example/c')],
    ['assurance certification', { assuranceCertifications: ['http://id.sambi.se/loa/loa3'] }, attribute(ASSURANCE, 'http://id.sambi.se/loa/loa3'), attribute(ASSURANCE, 'http://id.sambi.se/loa/loa2')],
  ] as const)('%s: without the right one an entity is not used', async (_name, filters, right, wrong) => {
    const { put, open } = node([settings(feed, { filters: { registrationAuthorities: [], entityCategories: [], assuranceCertifications: [], ...filters } })]);
    feed.serve('/feed.xml', signed(list([entity('records', { extensions: right }), entity('other', { extensions: wrong })])));
    put({ [FILE]: fromFeed('records'), 'metadata/services/hjo/other.yaml': fromFeed('other') });
    const { sources, registry } = await open();
    await sources.refresh(null);
    await registry.poll();
    expect(serves(registry)).toBe(nameOf('records'));
    expect(serves(registry, toServiceId('hjo/other'))).toBeNull();
  });
});

describe('F06 and review: what a source changes is looked at like a file', () => {
  test('a new name is taken by itself', async () => {
    const { next, registry } = await stage({ reload: 'review' });
    expect(await next(good('Journalen', NOW + 8 * DAY))).toMatchObject({ outcome: 'applied' });
    expect(named(registry)).toBe('Journalen');
  });
  const risky: Readonly<Record<string, readonly [kind: string, change: (xml: string) => string]>> = {
    'a key in the place of the known one': ['signing-key-replaced', (xml) => xml.replace(testKey('registry').certificate, testKey('thief').certificate)],
    'another host for answers': ['acs-host', (xml) => xml.replace('https://app.example.se/acs', 'https://thief.example/acs')],
    'more attributes': ['attributes-more', (xml) => xml.replace('</md:AttributeConsumingService>', '<md:RequestedAttribute Name="http://sambi.se/attributes/1/commissionPurpose" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"/></md:AttributeConsumingService>')],
  };
  test.each(Object.entries(risky))('%s waits for a person, and serves when one has said so', async (_name, [kind, change]) => {
    const { next, registry } = await stage({ reload: 'review' });
    const before = registry.current().services.get(records);
    const { outcome } = await next(signed(list([change(entity('records', { names: 'Journal' })), entity('other'), entity('third'), entity('fourth')], NOW + 8 * DAY)));
    expect(outcome).toBe('held');
    expect(registry.held()?.changes).toContainEqual(expect.objectContaining({ kind, risk: 'high', service: records }));
    expect(registry.current().services.get(records)).toEqual(before);
    expect(await registry.approve({ by: 'anna', version: null })).toMatchObject({ outcome: 'applied' });
    expect(registry.current().services.get(records)).not.toEqual(before);
  });
  test('F09: what an entity says of its own categories does not reach us: only the operator’s word counts', async () => {
    const { next, registry } = await stage({ reload: 'review' });
    const claimed = '<md:Extensions><mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Attribute Name="http://macedir.org/entity-category"><saml:AttributeValue>http://id.example/c</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes></md:Extensions>';
    expect(await next(signed(list([entity('records', { names: 'Journal', extensions: claimed }), entity('other'), entity('third')], NOW + 8 * DAY)))).toMatchObject({ outcome: 'applied' });
    expect(registry.current().services.get(records)?.wire.entityCategories).toEqual([]);
  });
  test('whoever is no longer in a newer list goes when a person has said so; under auto at once', async () => {
    const without = signed(list([entity('other'), entity('third'), entity('fourth')], NOW + 8 * DAY));
    const held = await stage({ reload: 'review' });
    expect(await held.next(without)).toMatchObject({ outcome: 'held', status: { alarm: 'ok' } });
    expect(held.registry.held()?.changes).toMatchObject([{ kind: 'service-removed', risk: 'high' }]);
    expect(serves(held.registry)).toBe(nameOf('records'));
    await held.registry.apply('anna');
    expect(serves(held.registry)).toBeNull();
    const auto = await stage();
    expect(await auto.next(without)).toMatchObject({ outcome: 'applied' });
    expect(serves(auto.registry)).toBeNull();
  });
  test('two nodes that fetched different signatures of the same day serve the same version', async () => {
    const one = await stage();
    const two = await stage();
    await one.next(good('Journal', NOW + 8 * DAY));
    await two.next(good('Journal', NOW + 8 * DAY + HOUR));
    expect(one.registry.current().version).toBe(two.registry.current().version);
  });
});

describe('one entity at a time', () => {
  const one = (name: string, names: string, validUntil: number | null = NOW + 7 * DAY): string => entity(name, { names, attributes: `ID="_e"${validUntil === null ? '' : ` validUntil="${new Date(validUntil).toISOString()}"`}` });
  /** [MDQ-SAML §3.2] has the hash of http://example.org/service; this is the same of ours. */
  const path = '/entities/%7Bsha1%7D';
  const mdq = async () => {
    const { createHash } = await import('node:crypto');
    const at = `${path}${createHash('sha1').update(nameOf('records')).digest('hex')}`;
    feed.serve(at, signed(one('records', 'Journal')));
    const place = node([settings(feed, { kind: 'mdq', url: feed.base })]);
    place.put({ [FILE]: fromFeed('records') });
    const opened = await place.open();
    await opened.sources.round();
    await opened.registry.poll();
    return { ...place, ...opened, at };
  };
  test('a query server is asked for what a file names, by its hash, and for nothing else', async () => {
    const { registry, at } = await mdq();
    expect(named(registry)).toBe('Journal');
    expect(feed.asked.map((asked) => asked.path)).toEqual([at]);
  });
  test('what no file names any more is not asked for any more', async () => {
    const { registry, sources, time, root } = await mdq();
    const { rmSync } = await import('node:fs');
    rmSync(`${root}/${FILE}`);
    expect(await registry.poll()).toBe('applied');
    time.now += 2 * HOUR;
    await sources.round();
    expect(feed.asked).toHaveLength(1);
    expect(sources.status()).toMatchObject([{ alarm: 'ok', missing: [] }]);
  });
  test('that it does not know the entity is nobody’s signed word: the last good one serves, and it is not asked again at once', async () => {
    const { registry, sources, time } = await mdq();
    feed.routes.clear();
    time.now += 2 * HOUR;
    await sources.round();
    await sources.round();
    await registry.poll();
    expect(feed.asked).toHaveLength(2);
    expect(sources.status()).toMatchObject([{ alarm: 'late', lastError: { code: 'metadata.source' } }]);
    expect(named(registry)).toBe('Journal');
  });
  test.each([
    ['another key', 'signature.invalid', (): string => signed(one('records', 'Thief'), testKey('thief'))], ['no signature', 'signature.missing', (): string => one('records', 'Thief')],
    ['no end', 'metadata.source', (): string => signed(one('records', 'Thief', null))], ['older', 'metadata.source', (): string => signed(one('records', 'Thief', NOW + 6 * DAY))],
    ['a list', 'metadata.source', (): string => good('Thief')],
  ])('%s: refused, and the last good one serves', async (_name, code, body) => {
    const { registry, sources, at } = await mdq();
    feed.serve(at, body());
    expect(await sources.refresh(null)).toMatchObject([{ lastError: { code } }]);
    await registry.poll();
    expect(named(registry)).toBe('Journal');
  });
  test('an answer about another entity is not taken for the one that was asked for', async () => {
    const { registry, sources, at } = await mdq();
    feed.serve(at, signed(one('other', 'Thief')));
    await sources.refresh(null);
    await registry.poll();
    expect(named(registry)).toBe('Journal');
    expect(sources.status()).toMatchObject([{ missing: [{ file: FILE, why: 'is about another entity' }] }]);
  });
  test('a service that publishes itself without a signature: taken where its row says so, refused where it does not', async () => {
    feed.serve('/self.xml', one('records', 'Journal', null));
    const self = { kind: 'entity', url: `${feed.base}/self.xml` } as const;
    for (const [row, taken] of [[settings(feed, { ...self, unsigned: true, keys: [] }), true], [settings(feed, self), false]] as const) {
      const { put, open } = node([row]);
      put({ [FILE]: fromFeed('records') });
      const { sources, registry } = await open();
      await sources.refresh(null);
      await registry.poll();
      expect(serves(registry) !== null).toBe(taken);
    }
  });
});

test('a party that comes with its own files and a source at once is one change', async () => {
  const { put, registry } = await stage();
  put({ 'config/parties/vara.yaml': partyYaml('Vara kommun', '212000-2924'), 'metadata/services/vara/third.yaml': fromFeed('third') });
  expect(await registry.poll()).toBe('applied');
  expect(serves(registry, toServiceId('vara/third'))).toBe(nameOf('third'));
});
