import { describe, expect, it } from 'vitest';
import { commissionOf, membershipOf, numberOf, organisationNumberOf, parseLdapTime, postOf, unitOf } from '../../../src/directory/hsa-ldap/mapping.ts';
import { hsaAttributes, hsaClasses, licenceCodes } from '../../../src/directory/hsa-ldap/settings.ts';
import { hsaId, provider, unit } from '../people.ts';

const names = { attributes: hsaAttributes, classes: hsaClasses, licenceCodes };
const somebody = { dn: 'cn=x,c=SE', objectClass: ['person'], hsaIdentity: 'SE2321000131-A1', sn: 'Berg', givenName: 'Anna' };
const organisation = { name: 'VGR', number: '2321000131' as never, hsaId: null };
const post = (change: Record<string, string | string[]>) => postOf({ ...somebody, ...change }, organisation, [], names);

describe('posts', () => {
  it('reads the good one, whatever the case of attribute names', () => {
    expect(post({ HSATITLE: ['Läkare', 'Sjuksköterska'] })).toMatchObject({ hsaId: 'SE2321000131-A1', givenName: 'Anna', surname: 'Berg', licences: ['LK', 'SJ'] });
  });
  it('puts middle name and surname together as HSA does', () => expect(post({ middleName: 'von' })?.surname).toBe('von Berg'));
  it.each([
    ['without HSA-id', { hsaIdentity: '' }], ['with an HSA-id of another form', { hsaIdentity: 'A1' }], ['without surname', { sn: ' ' }],
    ['of a deleted person whose certificates live on', { objectClass: ['person', 'hsaDeletedPersonWithValidCertificates'] }], ['with a date nobody can read', { endDate: 'tomorrow' }],
  ])('an entry %s is no post', (_, change) => expect(post(change)).toBeUndefined());
  it('drops composite values that are broken and keeps the others [HSA-TKB]', () => {
    expect(post({ hsaSystemRole: ['BIF;Admin', 'BIF', 'BIF;', ';x', 'a;b;c'], hsaSosTitleCodeSpeciality: ['LK;301;Inre', 'LK;301'] })).toMatchObject({ systemRoles: [{ systemId: 'BIF', role: 'Admin' }], specialities: [{ licenceCode: 'LK', code: '301', name: 'Inre' }] });
  });
  it('a licence in words that no table knows is no licence', () => expect(post({ hsaTitle: ['Trollkarl', 'LÄKARE'] })?.licences).toEqual(['LK']));
});
describe('numbers', () => {
  it.each([['189003129807', '189003129807'], ['189003129808', null], ['8900312-9807', null], ['', null]])('a personal identity number %j is read as %s', (text, expected) => expect(numberOf({ ...somebody, personalIdentityNumber: text }, names)).toBe(expected));
  it.each([['232100-0131', '2321000131'], ['2321000131', '2321000131'], ['2321000132', null], ['none', null]])('an organisation number %j is read as %s', (text, expected) => expect(organisationNumberOf({ ...somebody, orgNo: text }, names)).toBe(expected));
});
describe('times', () => {
  it.each([
    ['20260131080000Z', Date.UTC(2026, 0, 31, 8)], ['20260131', Date.UTC(2026, 0, 31)], ['2026-01-31', Date.UTC(2026, 0, 31)], ['20260131080000.5Z', Date.UTC(2026, 0, 31, 8)],
    ['20260231080000Z', undefined], ['20260131080000+0100', undefined], ['20260131080000', undefined], ['x', undefined],
  ])('%s', (text, expected) => expect(parseLdapTime(text)).toBe(expected));
});
describe('membership: one field, or three with dates (facts: credentials §4.5)', () => {
  const member = (values: string | string[]) => membershipOf({ ...somebody, hsaCommissionMember: values }, hsaId('A1'), names);
  it.each([
    ['SE2321000131-A1', { validFrom: null, validTo: null }], ['se2321000131-a1;;', { validFrom: null, validTo: null }],
    ['SE2321000131-A1;20260101;20270101', { validFrom: Date.UTC(2026, 0, 1), validTo: Date.UTC(2027, 0, 1) }],
    ['SE2321000131-A1;20260101', undefined], ['SE2321000131-A1;soon;', undefined], ['SE2321000131-A10;;', undefined], ['SE2321000131-A;;', undefined],
  ])('%s', (value, expected) => expect(member(value)).toEqual(expected));
  it('looks at the own value among many', () => expect(member(['SE2321000131-A10;20200101;20210101', 'SE2321000131-A1;;20270101'])).toEqual({ validFrom: null, validTo: Date.UTC(2027, 0, 1) }));
});
describe('commissions', () => {
  const entry = { dn: 'cn=c,ou=u,c=SE', objectClass: ['hsaCommission'], cn: ['Uppdraget', 'SE2321000131-C1'], hsaIdentity: 'SE2321000131-C1', hsaCommissionPurpose: 'Vård och behandling', hsaCommissionRight: ['Läsa;alla;SJF', 'Läsa;alla'], hsaCommissionMember: 'SE2321000131-A1;20260101;20270101', startDate: '20250101000000Z', endDate: '20260601000000Z' };
  const make = (change: Record<string, string | string[]> = {}) => commissionOf({ ...entry, ...change }, hsaId('A1'), { unit: unit(), provider: provider(), pharmacy: null }, names);
  it('holds as long as both the commission and the membership do', () => expect(make()).toMatchObject({ name: 'Uppdraget', validFrom: Date.UTC(2026, 0, 1), validTo: Date.UTC(2026, 5, 1), rights: [{ activity: 'Läsa', informationClass: 'alla', scope: 'SJF' }] }));
  it.each([['its name', { cn: '' }], ['its purpose', { hsaCommissionPurpose: '' }], ['its HSA-id', { hsaIdentity: '' }], ['this member', { hsaCommissionMember: 'SE2321000131-B1' }]])('is left out without %s', (_, change) => expect(make(change)).toBeUndefined());
  it('is left out when archived, or with a date nobody can read', () => {
    expect([make({ objectClass: ['hsaCommission', 'hsaArchivedObject'] }), make({ endDate: '?' })]).toEqual([undefined, undefined]);
  });
  it('a unit needs a name and an HSA-id', () => {
    const place = { dn: 'ou=u', objectClass: ['organizationalUnit'], ou: 'Enheten', hsaIdentity: 'SE2321000131-U1' };
    expect([unitOf(place, names)?.name, unitOf({ ...place, ou: '' }, names), unitOf({ ...place, hsaIdentity: 'x' }, names)]).toEqual(['Enheten', undefined, undefined]);
  });
});
