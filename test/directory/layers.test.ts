import { describe, expect, it } from 'vitest';
import { silentLog } from '../../src/core/ports.ts';
import { ldapSettingsFrom, ldapSourceSchema } from '../../src/directory/hsa-ldap/schema.ts';
import { soapSourceSchema } from '../../src/directory/hsa-soap/schema.ts';
import { layerDirectories, layersSchema, type Layers } from '../../src/directory/layers.ts';
import type { PersonKey } from '../../src/directory/model.ts';
import { refusedWith, rejectedWith } from '../fixtures/refused.ts';
import { hsaId, person, post } from './people.ts';
import { TestClock, testSource } from './source.ts';

const key: PersonKey = { kind: 'hsa-id', hsaId: hsaId('POST1') };
const precedence = { post: ['local'], commissions: ['hsa'], professional: ['hsa'], roles: ['hsa'] };
const stage = (settings: object = { precedence }, change: Partial<Layers> = {}) => {
  const clock = new TestClock();
  const local = testSource(person({ employments: [post({ title: 'Lokal', commissions: [] })] }));
  const hsa = testSource(person());
  const seen: string[] = [];
  const layers: Layers = { sources: new Map([['local', local], ['hsa', hsa]]), settings: layersSchema.parse(settings), feigned: 'keep', clock, log: silentLog, observe: (source, event) => seen.push(`${source} ${event}`), ...change };
  return { clock, local, hsa, seen, layers };
};

describe('sources in layers', () => {
  it('each has its own cache with its own lifetime: one id in two directories is two entries (threats J07)', async () => {
    const { layers, clock, local, hsa } = stage();
    const directory = layerDirectories(layers);
    await directory.find(key);
    clock.advance(300);
    expect((await directory.find(key))?.employments[0]).toMatchObject({ title: 'Lokal', commissions: [{ hsaId: hsaId('COMMISSION1') }] });
    expect([local.calls(), hsa.calls()]).toEqual([1, 2]);
  });
  it('each has its own breaker, and facts of the one that is away serve as stale', async () => {
    const { layers, clock, hsa, seen } = stage();
    const directory = layerDirectories(layers);
    await directory.find(key);
    hsa.says('away');
    clock.advance(301);
    for (let i = 0; i < 8; i += 1) expect((await directory.find(key, { level: 'loa3' }))?.stale).toBe(true);
    expect([hsa.calls(), seen.includes('hsa open'), seen.includes('local open')]).toEqual([6, true, false]);
    await rejectedWith('directory.unavailable', directory.find(key, { level: 'loa4' }));
  });
  it('one that holds everybody itself is asked every time, so that a change in its files counts at once', async () => {
    const { layers, local, hsa } = stage({ precedence }, { inMemory: new Set(['local']) });
    const directory = layerDirectories(layers);
    await directory.find(key);
    local.says(person({ employments: [post({ title: 'Ny titel' })] }));
    expect((await directory.find(key))?.employments[0]?.title).toBe('Ny titel');
    expect([local.calls(), hsa.calls()]).toEqual([2, 1]);
    directory.forget(key);
  });
  it('somebody who is forgotten is forgotten everywhere', async () => {
    const { layers, local, hsa } = stage();
    const directory = layerDirectories(layers);
    await directory.find(key);
    directory.forget(key);
    await directory.find(key);
    expect([local.calls(), hsa.calls()]).toEqual([2, 2]);
  });
  it('one source alone needs no precedence, several do', async () => {
    const { layers, hsa } = stage({});
    expect(await layerDirectories({ ...layers, sources: new Map([['hsa', hsa]]) }).find(key)).toBeDefined();
    refusedWith('directory.source', () => layerDirectories(layers));
  });
  it('a source that no kind of fact is taken from is not asked', async () => {
    const { layers, local, hsa } = stage({ precedence: { post: ['hsa'], commissions: ['hsa'], professional: ['hsa'], roles: ['hsa'] } });
    await layerDirectories(layers).find(key);
    expect([local.calls(), hsa.calls()]).toEqual([0, 1]);
  });
});

describe('settings of sources', () => {
  const ldap = { kind: 'ldap', url: 'ldaps://katalog.example.se', authorityFile: 'ca.pem', bindDn: 'cn=bryggan,c=SE', passwordFile: 'password', base: 'o=VGR,c=SE' };
  const soap = { kind: 'soap', endpoints: ['https://vp.example.se/vp'], authorityFile: 'ca.pem', certificateFile: 'own.pem', keyFile: 'own.key' };
  const tools = { read: (path: string) => `content of ${path}\n`, clock: new TestClock(), feigned: 'drop' } as const;
  it('few words are enough for a catalogue with HSA\'s schema', () => {
    const settings = ldapSettingsFrom(ldapSourceSchema.parse(ldap), tools);
    expect(settings).toMatchObject({ peopleByHsaId: { bases: ['o=VGR,c=SE'], filter: '(&(objectClass=person)(hsaIdentity={value}))' }, attributes: { number: 'personalIdentityNumber' }, server: { bind: { kind: 'simple', password: 'content of password' } } });
  });
  it("a local catalogue says what differs", () => {
    const settings = ldapSettingsFrom(ldapSourceSchema.parse({ ...ldap, attributes: { number: 'hsaPersonIdentityNumber' }, commissions: 'none', licenceCodes: { trollkarl: 'TK' } }), tools);
    expect(settings).toMatchObject({ attributes: { number: 'hsaPersonIdentityNumber', hsaId: 'hsaIdentity' }, commissions: null, licenceCodes: { trollkarl: 'TK', läkare: 'LK' } });
  });
  it.each([
    ['an unknown key', { ...ldap, bases: [] }], ['http', { ...ldap, url: 'http://katalog' }], ['credentials in the address', { ...ldap, url: 'ldaps://a:b@katalog' }], ['no way to bind', { ...ldap, passwordFile: undefined }],
    ['a filter that finds everybody', { ...ldap, peopleByHsaId: { bases: ['c=SE'], filter: '(objectClass=person)' } }], ['an attribute nobody asks for', { ...ldap, attributes: { shoeSize: 'x' } }], ['a name of an attribute with signs', { ...ldap, attributes: { number: 'a=*)(b' } }],
  ])('LDAP: %s is refused', (_, given) => expect(ldapSourceSchema.safeParse(JSON.parse(JSON.stringify(given))).success).toBe(false));
  it.each([
    ['http', { ...soap, endpoints: ['http://localhost/vp'] }], ['no endpoint', { ...soap, endpoints: [] }], ['three endpoints', { ...soap, endpoints: [1, 2, 3].map((n) => `https://vp${n}.example.se`) }],
    ['a search base with signs that HSA does not take', { ...soap, searchBase: 'o=A&B,c=SE' }], ['a time limit of nothing', { ...soap, timeoutMilliseconds: 0 }], ['no key', { ...soap, keyFile: undefined }],
  ])('SOAP: %s is refused', (_, given) => expect(soapSourceSchema.safeParse(JSON.parse(JSON.stringify(given))).success).toBe(false));
  it('SOAP: few words are enough', () => expect(soapSourceSchema.parse(soap)).toMatchObject({ logicalAddress: 'SE165565594230-1000', employee: true }));
});
