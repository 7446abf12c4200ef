/** Catalogues that differ from HSA's schema, or that hold what they should not (threats J03). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openLdapDirectory, type LdapDirectory } from '../../src/directory/hsa-ldap/directory.ts';
import { hsaAttributes, type LdapSettings } from '../../src/directory/hsa-ldap/settings.ts';
import type { PersonKey } from '../../src/directory/model.ts';
import { ldapSettings } from '../contracts/stages/ldap.ts';
import { commission, hsaId, person, post, provider, unit } from '../directory/people.ts';
import { complete, NOW } from '../directory/world.ts';
import { rejectedWith } from '../fixtures/refused.ts';
import { entryText, ldifFor, startSlapd, type Slapd } from './slapd.ts';

const open: LdapDirectory[] = [];
let slapd: Slapd;
const folder = 'ou=people,o=Västra Götalandsregionen,c=SE';
const entry = (name: string, values: Parameters<typeof entryText>[2], classes: readonly string[] = []): string => entryText(`cn=${name},${folder}`, ['person', 'hsaPersonExtension', ...classes], { cn: name, sn: 'Berg', ...values });
const extra = [
  entry('twin-1', { hsaIdentity: hsaId('TWIN'), personalIdentityNumber: '190701279978' }), entry('twin-2', { hsaIdentity: hsaId('TWIN'), personalIdentityNumber: '190807159983' }),
  entry('left', { hsaIdentity: hsaId('LEFT'), personalIdentityNumber: '190903219996' }, ['hsaDeletedPersonWithValidCertificates']), entry('stays', { hsaIdentity: hsaId('STAYS'), personalIdentityNumber: '190903219996' }),
  entry('two-numbers', { hsaIdentity: hsaId('NUMBERS'), personalIdentityNumber: ['191008309807', '189004119815'] }), entry('other-number', { hsaIdentity: hsaId('OTHERS'), personalIdentityNumber: ['189004119815', '189105289822'] }),
  entry('reserve', { hsaIdentity: hsaId('RESERVE'), personalIdentityNumber: '1989A1234567' }),
  ...Array.from({ length: 60 }, (_, index) => entry(`many-${index}`, { hsaIdentity: hsaId(`MANY${index}`), personalIdentityNumber: '189201099836' })),
  entryText('cn=orphan,c=SE', ['hsaCommission'], { cn: ['orphan'], hsaIdentity: hsaId('CORPHAN'), hsaCommissionPurpose: 'Administration', hsaCommissionMember: hsaId('POST1') }),
  entryText('o=Utan nummer,c=SE', ['organization'], { o: 'Utan nummer' }),
  entryText('cn=nowhere,o=Utan nummer,c=SE', ['person', 'hsaPersonExtension'], { cn: 'nowhere', sn: 'Berg', hsaIdentity: hsaId('NOWHERE'), personalIdentityNumber: '189310319844' }),
];
const shared = commission({ hsaId: hsaId('CSHARED'), unit: unit({ hsaId: hsaId('USHARED') }), provider: provider({ hsaId: hsaId('PSHARED') }) });
beforeAll(async () => { slapd = await startSlapd(ldifFor([complete, person({ personalIdentityNumber: '189502289854' as never, employments: [post({ hsaId: hsaId('SHARE1'), commissions: [shared] })] }), person({ personalIdentityNumber: '189610029861' as never, employments: [post({ hsaId: hsaId('SHARE2'), commissions: [shared] })] })], extra)); });
afterAll(() => slapd.stop());
afterEach(async () => { for (const directory of open.splice(0)) await directory.close(); });
const directoryFor = (change: Partial<LdapSettings> = {}): LdapDirectory => {
  const directory = openLdapDirectory(ldapSettings(slapd.server, NOW, change));
  open.push(directory);
  return directory;
};
const byPost = (suffix: string): PersonKey => ({ kind: 'hsa-id', hsaId: hsaId(suffix) });
const byNumber = (number: string): PersonKey => ({ kind: 'personal-identity-number', number: number as never });

describe('a catalogue that holds what it should not', () => {
  it('one HSA-id twice is refused', () => rejectedWith('directory.answer', directoryFor().find(byPost('TWIN'))));
  it('one number on entries of two people is refused', () => rejectedWith('directory.answer', directoryFor().find(byNumber('189004119815'))));
  it('more posts than a person can have are refused', () => rejectedWith('directory.answer', directoryFor().find(byNumber('189201099836'))));
  it('a deleted person whose certificates live on is nobody by the HSA-id, and the other post remains by number', async () => {
    expect(await directoryFor().find(byPost('LEFT'))).toBeUndefined();
    expect((await directoryFor().find(byNumber('190903219996')))?.employments.map((each) => each.hsaId)).toEqual([hsaId('STAYS')]);
  });
  it('a reserve number is no number to log in with', async () => {
    expect((await directoryFor().find(byPost('RESERVE')))?.personalIdentityNumber).toBeNull();
    await rejectedWith('directory.answer', directoryFor().find(byNumber('1989A1234567')));
  });
  it('a commission that lies under nothing is left out', async () => expect((await directoryFor().find(byPost('POST1')))?.employments[0]?.commissions.map((one) => one.hsaId)).toEqual([hsaId('COMMISSION1')]));
  it('a commission with several members is each one\'s', async () => {
    for (const suffix of ['SHARE1', 'SHARE2']) expect((await directoryFor().find(byPost(suffix)))?.employments[0]?.commissions.map((one) => one.hsaId)).toEqual([hsaId('CSHARED')]);
  });
});

describe('a server that cuts answers short', () => {
  const reader = entryText('cn=reader,c=SE', ['person', 'simpleSecurityObject'], { cn: 'reader', sn: 'reader', userPassword: 'reading' });
  const busy = person({ personalIdentityNumber: '189004119815' as never, employments: [post({ hsaId: hsaId('BUSY'), commissions: Array.from({ length: 250 }, (_, index) => commission({ hsaId: hsaId(`CB${index}`) })) })] });
  const read = async (limits: string) => {
    const limited = await startSlapd(ldifFor([busy], [reader]), { database: `access to attrs=userPassword by anonymous auth\naccess to * by users read\nlimits dn.exact="cn=reader,c=SE" ${limits}` });
    const directory = openLdapDirectory(ldapSettings({ ...limited.server, bind: { kind: 'simple', dn: 'cn=reader,c=SE', password: 'reading' } }, NOW));
    try {
      return (await directory.find(byPost('BUSY')))?.employments[0]?.commissions.length;
    } finally {
      await directory.close();
      await limited.stop();
    }
  };
  it('has everything fetched in pages where it allows that', async () => expect(await read('size.soft=200 size.hard=200 size.prtotal=unlimited')).toBe(250));
  it('is not believed where it does not: part of the commissions is not all of them', async () => { await rejectedWith('directory.unavailable', read('size=100 size.prtotal=100')); });
});

describe('the employer', () => {
  it('without a number in the tree is one that no party has, unless configured by its DN', async () => {
    const organisation = async (change: Partial<LdapSettings>) => (await directoryFor(change).find(byPost('NOWHERE')))?.employments[0]?.organisation;
    expect(await organisation({})).toEqual({ name: '', number: '0000000000', hsaId: null });
    expect(await organisation({ organisations: [{ dn: 'O=utan nummer, C=SE', name: 'Bolaget', number: '5599980017' as never }] })).toEqual({ name: 'Bolaget', number: '5599980017', hsaId: null });
  });
});

describe('a catalogue with other names', () => {
  it('is read by settings alone', async () => {
    const local = directoryFor({
      attributes: { ...hsaAttributes, number: 'hospIdentityNumber', title: 'mail' },
      peopleByNumber: { bases: ['o=Västra Götalandsregionen,c=SE'], filter: '(&(objectClass=hsaPersonExtension)(hospIdentityNumber={value}))' },
      commissions: null, providers: null,
    });
    expect(await local.find(byPost('SHARE1'))).toMatchObject({ personalIdentityNumber: null, employments: [{ title: 'erik.sandstrom@vgr.example', commissions: [] }] });
  });
  it('a base that does not exist finds nobody', async () => {
    expect(await directoryFor({ peopleByHsaId: { bases: ['o=Ingen,c=SE'], filter: '(hsaIdentity={value})' } }).find(byPost('POST1'))).toBeUndefined();
  });
  it('the provider is found upwards in the tree where units do not name theirs', async () => {
    const found = await directoryFor({ attributes: { ...hsaAttributes, responsibleProvider: 'description' } }).find(byPost('POST1'));
    expect(found?.employments[0]?.commissions[0]?.provider.hsaId).toBe(hsaId('PROVIDER1'));
  });
});
