/** Another party's person in every spelling, levels that were not agreed, attributes that may not be brought (threats D07, D11, D12); each beside the twin that is believed. */
import { describe, expect, it } from 'vitest';
import { parseOrganisationNumber } from '../../src/core/ids.ts';
import type { UpstreamTrust } from '../../src/parties/model.ts';
import { speakFor, speaksForOrganisation, stillSpeaksFor, type UpstreamClaims } from '../../src/parties/upstream-trust.ts';
import { refusedWith } from '../fixtures/refused.ts';

const trust: UpstreamTrust = {
  levels: new Map([['http://id.sambi.se/loa/loa3', 'loa3'], ['http://id.sambi.se/loa/loa2', 'loa2']]), highestLevel: 'loa3', hsaIdPrefixes: ['SE2120001439-'], personalNumbers: true,
  scopes: ['ale.example'], organisations: [parseOrganisationNumber('212000-1439')], attributes: ['employeeHsaId', 'givenName', 'mail'], directory: 'ask',
};
const claims: UpstreamClaims = { person: { kind: 'hsa-id', value: 'SE2120001439-DEV1' }, context: 'http://id.sambi.se/loa/loa3', attributes: { givenName: ['Vilma'] } };
const said = (change: Partial<UpstreamClaims>, limits: Partial<UpstreamTrust> = {}) => speakFor({ ...claims, ...change }, { trust: { ...trust, ...limits } }, 'production');
const named = (value: string, limits: Partial<UpstreamTrust> = {}) => said({ person: { kind: 'hsa-id', value } }, limits);

describe('the person', () => {
  it('the twin: one of its own, in either case of letters', () => {
    expect(said({})).toEqual({ person: { kind: 'hsa-id', hsaId: 'SE2120001439-DEV1' }, level: 'loa3', attributes: { givenName: ['Vilma'] } });
    expect(named('SE2120001439-dev1').person).toEqual({ kind: 'hsa-id', hsaId: 'SE2120001439-dev1' });
  });
  it.each([
    ['another organisation', 'SE2321000131-DEV1'], ['one that begins alike', 'SE21200014390-DEV1'], ['one that ends alike', 'SE9212000143-SE2120001439-DEV1'], ['a blank before', ' SE2120001439-DEV1'], ['a blank behind', 'SE2120001439-DEV1 '],
    ['a line break', 'SE2120001439-DEV1\n'], ['NUL', 'SE2120001439-DEV1\u0000'], ['a zero-width blank', 'SE2120001439\u200b-DEV1'], ['full-width digits', 'SE２１２０００１４３９-DEV1'], ['another alphabet’s letters', 'ЅЕ2120001439-DEV1'],
    ['another hyphen', 'SE2120001439‐DEV1'], ['two of them', 'SE2120001439-DEV1;SE2321000131-DEV1'], ['percent-encoding', 'SE2120001439%2DDEV1'], ['nothing', ''], ['the prefix alone', 'SE2120001439-'], ['a personal identity number', '189001019802'], ['a DN', 'CN=x,serialNumber=SE2120001439-DEV1'],
  ])('%s is refused', (_what, value) => { refusedWith('upstream.person', () => named(value)); });
  it('a prefix without its hyphen does not open the numbers that begin alike', () => {
    expect(named('SE2120001439-DEV1', { hsaIdPrefixes: ['se2120001439'] }).level).toBe('loa3');
    refusedWith('upstream.person', () => named('SE21200014390-DEV1', { hsaIdPrefixes: ['SE2120001439'] }));
  });
  it('an IdP without prefixes speaks by no HSA-id', () => { refusedWith('upstream.person', () => named('SE2120001439-DEV1', { hsaIdPrefixes: [] })); });
  it('by personal identity number only where it may, with a right check digit, hyphen or not', () => {
    const numbered = (value: string, limits: Partial<UpstreamTrust> = {}) => said({ person: { kind: 'personal-identity-number', value } }, limits);
    for (const value of ['189001019802', '18900101-9802']) expect(numbered(value).person).toEqual({ kind: 'personal-identity-number', number: '189001019802' });
    refusedWith('upstream.person', () => numbered('189001019802', { personalNumbers: false }));
    for (const value of ['189001019803', '9001019802', '1890-01019802', '18900101–9802', '18900101-9802 ', '189001019802\n', '１８９００１０１９８０２', 'SE2120001439-DEV1']) refusedWith('upstream.person', () => numbered(value));
  });
});
describe('the level', () => {
  it('is the agreed one, and never above the cap', () => {
    expect(said({ context: 'http://id.sambi.se/loa/loa2' }).level).toBe('loa2');
    expect(said({}, { highestLevel: 'loa2' }).level).toBe('loa2');
  });
  it.each([null, '', 'http://id.sambi.se/loa/loa4', 'http://id.sambi.se/loa/loa3/', 'HTTP://ID.SAMBI.SE/LOA/LOA3', 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport', 'constructor'])('%s is not agreed', (context) => { refusedWith('upstream.authn-context', () => said({ context })); });
});
describe('what it brings', () => {
  it('only what it may; the rest is left out', () => expect(said({ attributes: { givenName: ['Vilma'], commissionHsaId: ['SE2120001439-X'] } }).attributes).toEqual({ givenName: ['Vilma'] }));
  it('an HSA-id beside the login that is somebody else’s is refused', () => {
    expect(said({ attributes: { employeeHsaId: ['SE2120001439-DEV1'] } }).attributes).toEqual({ employeeHsaId: ['SE2120001439-DEV1'] });
    refusedWith('upstream.person', () => said({ attributes: { employeeHsaId: ['SE2120001439-DEV2'] } }));
    refusedWith('upstream.person', () => said({ attributes: { employeeHsaId: ['SE2120001439-DEV1', 'SE2321000131-DEV1'] } }));
  });
  it('an HSA-id of another organisation is refused also where the person was named by number', () => {
    const byNumber = { kind: 'personal-identity-number', value: '189001019802' } as const;
    expect(said({ person: byNumber, attributes: { employeeHsaId: ['SE2120001439-DEV1'] } }).level).toBe('loa3');
    refusedWith('upstream.person', () => said({ person: byNumber, attributes: { employeeHsaId: ['SE2321000131-DEV1'] } }));
  });
  it.each(['vilma@ale.example.evil.example', 'vilma@evil.example@ale.example', 'vilma@аle.example', 'vilma@ale.example ', '@', 'vilma', '@ale.example'])('the scope of %s is refused', (value) => { refusedWith('upstream.person', () => said({ attributes: { mail: [value] } })); });
  it('its own scope is believed in any case of letters', () => expect(said({ attributes: { mail: ['vilma@Ale.Example'] } }).attributes).toEqual({ mail: ['vilma@Ale.Example'] }));
});
describe('where its own facts stand, whatever says whose somebody is stays within the same limits', () => {
  const brings = (id: string, value: string, limits: Partial<UpstreamTrust> = {}) => said({ attributes: { [id]: [value] } }, { directory: 'stands', attributes: [id], ...limits });
  const hsaIds = ['credentialEmployeeHsaId', 'allEmployeeHsaIds', 'commissionHsaId', 'healthcareUnitHsaId', 'healthcareProviderHsaId', 'userOrganisationHsaId'];
  it.each(hsaIds)('%s', (id) => {
    expect(brings(id, 'SE2120001439-E1').attributes).toEqual({ [id]: ['SE2120001439-E1'] });
    for (const value of ['SE2321000131-E1', 'SE21200014390-E1', 'SE2120001439-E1 SE2321000131-E1', 'se2120001439‐E1', 'SE2120001439-', '']) refusedWith('upstream.person', () => brings(id, value));
    refusedWith('upstream.person', () => said({ attributes: { [id]: ['SE2120001439-E1', 'SE2321000131-E1'] } }, { directory: 'stands', attributes: [id] }));
  });
  it.each(['organisationIdentifier', 'userOrganisationIdentifier', 'healthcareProviderNumber'])('%s', (id) => {
    for (const value of ['2120001439', '212000-1439', 'SE2120001439', '162120001439']) expect(brings(id, value).attributes).toEqual({ [id]: [value] });
    for (const value of ['2321000131', '232100-0131', 'SE2321000131', '21200014390', '2120001439 ', '2120001439;2321000131', '２１２０００１４３９']) refusedWith('upstream.person', () => brings(id, value));
  });
  it.each(['orgAffiliation', 'userOrgAffiliation', 'allCommissionOrgAffiliations', 'allUserOrgAffiliations'])('%s', (id) => {
    expect(brings(id, 'SE2120001439-DEV1@2120001439').attributes).toEqual({ [id]: ['SE2120001439-DEV1@2120001439'] });
    for (const value of ['SE2120001439-DEV1@2321000131', 'SE2321000131-DEV1@2120001439', 'SE2321000131-DEV1@2321000131@2120001439', '@2120001439', 'SE2120001439-DEV1', '']) refusedWith('upstream.person', () => brings(id, value));
  });
  it.each(['personalIdentityNumber', 'credentialPersonalIdentityNumber', 'mappedPersonalIdentityNumber'])('%s, beside an HSA-id', (id) => {
    expect(brings(id, '189001019802').attributes).toEqual({ [id]: ['189001019802'] });
    refusedWith('upstream.person', () => brings(id, '189001019802', { personalNumbers: false }));
    for (const value of ['189001019803', '18900101-9802 ', '']) refusedWith('upstream.person', () => brings(id, value));
  });
  it.each(['allCommissions', 'authorizationScope'])('%s is a list that nothing in can be held against them: never', (id) => { refusedWith('upstream.person', () => brings(id, '[]')); });
});
it('the employer decides whose person it is', () => {
  expect([speaksForOrganisation({ trust }, parseOrganisationNumber('212000-1439')), speaksForOrganisation({ trust }, parseOrganisationNumber('232100-0131'))]).toEqual([true, false]);
});

describe('limits narrowed since the login', () => {
  const stands: Partial<UpstreamTrust> = { directory: 'stands', attributes: ['givenName', 'commissionHsaId'] };
  const before = said({ attributes: { givenName: ['Vilma'], commissionHsaId: ['SE2120001439-C1'] } }, stands);
  const now = (change: Partial<UpstreamTrust>) => stillSpeaksFor({ ...before, directory: 'stands' }, { trust: { ...trust, ...stands, ...change } });
  it('the twin: as they were, or wider', () => expect([now({}), now({ highestLevel: 'loa4' }), now({ hsaIdPrefixes: ['SE2120001439-', 'SE5599980017-'] })]).toEqual([true, true, true]));
  it.each<readonly [string, Partial<UpstreamTrust>]>([
    ['a lower cap', { highestLevel: 'loa2' }], ['the level not agreed any more', { levels: new Map([['http://id.sambi.se/loa/loa2', 'loa2']]) }], ['no levels', { levels: new Map() }],
    ['other HSA-ids', { hsaIdPrefixes: ['SE5599980017-'] }], ['some of its HSA-ids', { hsaIdPrefixes: ['SE2120001439-E'] }], ['the directory asked again', { directory: 'ask' }], ['an attribute fewer', { attributes: ['givenName'] }],
  ])('%s', (_what, change) => expect(now(change)).toBe(false));
  it('numbers', () => {
    const numbered = { ...before, person: said({ person: { kind: 'personal-identity-number', value: '189001019802' } }).person, directory: 'ask' as const };
    expect([true, false].map((personalNumbers) => stillSpeaksFor(numbered, { trust: { ...trust, personalNumbers } }))).toEqual([true, false]);
  });
});
