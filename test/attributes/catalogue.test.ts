import { describe, expect, it, test } from 'vitest';
import { attributeByClaim, attributeByWireName, attributeRow, attributesOfScope, catalogue, choiceLevelOf, dialects, friendlyNameOf, labelOf, serialise, toClaim, wireNames } from '../../src/attributes/catalogue.ts';
import { factsOf, readableAttributes } from '../../src/attributes/values.ts';
import { acting, byHsaId, byNumber, commission, coordinationNumber, hsaId, number, person, post, provider } from '../directory/people.ts';
import { golden } from './golden.ts';

const session = { assuranceUri: 'http://id.sambi.se/loa/loa3', identityProviderForSign: 'https://login.example.se/saml/sign', transactionIdentifier: 'ABC-DEF-GHJ' };
const asText = { dialect: 'sambi', commissionRight: 'text' } as const;
const valuesFor = (attribute: string) => factsOf(acting({ identity: attribute === 'credentialEmployeeHsaId' ? byHsaId() : byNumber() }), session)(attribute);

describe.each(golden)('row $id', (row) => {
  it('is known by every name that the standards give it, letter for letter', () => {
    const { sambi, inera = [], legacy, swedenConnect, aliases = [] } = row;
    expect(wireNames(row.id, 'sambi')).toEqual(sambi === undefined ? [] : [sambi]);
    expect(wireNames(row.id, 'inera')).toEqual([...(sambi === undefined ? [] : [sambi]), ...inera]);
    expect(wireNames(row.id, 'sambi-legacy')).toEqual(legacy === undefined ? [] : [legacy]);
    expect(wireNames(row.id, 'sweden-connect')).toEqual(swedenConnect === undefined ? [] : [swedenConnect]);
    for (const name of [sambi, ...inera, legacy, swedenConnect, ...aliases]) if (name !== undefined) expect(attributeByWireName(name)).toBe(row.id);
    expect(attributeRow(row.id)?.aliases).toEqual(aliases);
  });
  it('turns what the directory said into these attribute values', () => {
    expect(valuesFor(row.id).map((value) => serialise(row.id, value, asText))).toEqual(row.texts);
  });
  it('turns what the directory said into this claim', () => {
    const { claim, seClaim, id } = row;
    expect(toClaim(id, valuesFor(id), 'inera')).toEqual(claim === undefined ? undefined : { claim: claim[0], value: claim[2] });
    expect(toClaim(id, valuesFor(id), 'sweden-connect')).toEqual(seClaim === undefined ? undefined : { claim: seClaim[0], value: seClaim[2] });
    if (claim !== undefined) expect([attributesOfScope(claim[1], 'inera').includes(id), attributeByClaim(claim[0])]).toEqual([true, id]);
    if (seClaim !== undefined) expect([attributesOfScope(seClaim[1], 'sweden-connect').includes(id), attributeByClaim(seClaim[0])]).toEqual([true, id]);
  });
});

test('the table of expectations and the catalogue hold the same rows', () => {
  expect(golden.map(({ id }) => id).toSorted()).toEqual(catalogue.map(({ id }) => id).toSorted());
});
test('no wire name means two attributes', () => {
  const names = catalogue.flatMap((row) => [...new Set([...dialects.flatMap((dialect) => wireNames(row.id, dialect)), ...row.aliases])].map((name) => `${name} ${row.id}`));
  expect(new Set(names.map((entry) => entry.split(' ')[0])).size).toBe(names.length);
});
test('no claim of one dialect means two attributes, and each belongs to exactly one scope [IN-AO]', () => {
  for (const dialect of ['inera', 'sweden-connect'] as const) {
    const claims = catalogue.flatMap((row) => (row.claims[dialect] === undefined ? [] : [row.claims[dialect].claim]));
    expect(new Set(claims).size).toBe(claims.length);
  }
});
test('FriendlyName, other case and near misses are no names', () => {
  for (const name of ['employeeHsaId', 'http://sambi.se/attributes/1/EmployeeHsaId', 'http://sambi.se/attributes/1/employeeHsaId ', 'http://sambi.se/attributes/1/healthcareUnitHsaId', '__proto__', 'constructor', '']) expect(attributeByWireName(name)).toBeUndefined();
});
test('both spellings of the x509 names are understood, the lower-case one is published [IN-MD]', () => {
  expect(attributeByWireName('http://www.w3.org/2000/09/xmldsig#X509SubjectName')).toBe('certificateSubjectName');
  expect(wireNames('certificateSubjectName', 'inera')).toEqual(['http://www.w3.org/2000/09/xmldsig#x509SubjectName']);
});
test('every row has words in both languages and a friendly name', () => {
  for (const { id, labels } of catalogue) {
    expect(labels.sv.length > 1 && labels.en.length > 1, id).toBe(true);
    expect(labelOf(id)).toEqual(labels);
  }
  expect([friendlyNameOf('healthcareProviderNumber'), friendlyNameOf('unheard-of'), labelOf('unheard-of')]).toEqual(['healthcareProviderId', null, { sv: 'unheard-of', en: 'unheard-of' }]);
});
test('exactly the rows with a source have values', () => {
  expect(readableAttributes.toSorted()).toEqual(catalogue.filter(({ source }) => source !== 'none').map(({ id }) => id).toSorted());
});

describe('choice level (facts: federation §7)', () => {
  it.each([
    [['credentialPersonalIdentityNumber', 'certificateIssuerName', 'levelOfAssurance', 'allCommissions', 'allEmployeeHsaIds', 'personalIdentityNumber'], 'none'],
    [['allCommissions', 'employeeHsaId'], 'employee'],
    [['allCommissions', 'commissionPurpose'], 'commission'],
    [['userOrgAffiliation', 'orgAffiliation'], 'commission'],
    [[], 'none'], [['unheard-of'], 'none'],
  ] as const)('%j needs %s', (attributes, level) => expect(choiceLevelOf(attributes)).toBe(level));
});

describe('serialisation', () => {
  it('writes a commission right as JSON where the service wants it', () => {
    const [right] = factsOf(acting(), session)('commissionRight');
    expect(serialise('commissionRight', right!, { dialect: 'inera', commissionRight: 'json' })).toBe('{"activity":"Läsa","scope":"SJF","informationClass":"alla"}');
  });
  it('lists an HSA-id without commissions alone in allCommissions (facts: federation §3.4)', () => {
    const somebody = person({ employments: [post(), post({ hsaId: hsaId('POST2'), commissions: [] })] });
    const [all] = factsOf(acting({ person: somebody }), session)('allCommissions');
    expect((JSON.parse(serialise('allCommissions', all!, asText)) as unknown[])[1]).toEqual({ employeeHsaId: 'SE2321000131-POST2' });
  });
  it('gives a samordningsnummer the claim of its own [SE-CL]', () => {
    const somebody = acting({ identity: byNumber(coordinationNumber), person: person({ personalIdentityNumber: coordinationNumber }) });
    const values = factsOf(somebody, session)('personalIdentityNumber');
    expect(toClaim('personalIdentityNumber', values, 'sweden-connect')?.claim).toBe('https://id.oidc.se/claim/coordinationNumber');
    expect(toClaim('personalIdentityNumber', [number], 'sweden-connect')?.claim).toBe('https://id.oidc.se/claim/personalIdentityNumber');
    expect(attributeByClaim('https://id.oidc.se/claim/coordinationNumber')).toBe('personalIdentityNumber');
  });
});

describe('values', () => {
  it('has no unit when the commission lies directly under its provider [HSA-TKB]', () => {
    const direct = commission({ atProvider: true, unit: provider() });
    const facts = factsOf(acting({ employment: post({ commissions: [direct] }), commission: direct }), session);
    expect([facts('healthcareUnitHsaId'), facts('healthcareUnitName'), facts('healthcareProviderName')]).toEqual([[], [], ['Västra Götalandsregionen']]);
  });
  it('has nothing of a post or commission that was not chosen', () => {
    const facts = factsOf({ identity: byNumber(), person: person(), employment: null, commission: null }, session);
    for (const { id, level } of catalogue) if (level !== 'none') expect(facts(id), id).toEqual([]);
    expect(facts('allEmployeeHsaIds')).toEqual(['SE2321000131-POST1']);
  });
  it('has only the credential and the login when the directory was not asked', () => {
    const facts = factsOf({ identity: byHsaId(), person: null, employment: null, commission: null }, session);
    expect(catalogue.filter(({ id }) => facts(id).length > 0).map(({ source }) => source)).not.toContain('employment');
    expect([facts('allCommissions'), facts('personalIdentityNumber'), facts('credentialPersonalIdentityNumber'), facts('credentialEmployeeHsaId')]).toEqual([[], [], [], ['SE2321000131-POST1']]);
  });
  it('tells a date of birth from a samordningsnummer, and none when its month is no month', () => {
    const born = (value: string) => factsOf(acting({ identity: byNumber(value as never) }), session)('dateOfBirth');
    expect([born('190203639927'), born('190200639920')]).toEqual([['1902-03-03'], []]);
  });
  it('has no value for what nobody knows, also under names of Object itself', () => {
    for (const name of ['unheard-of', 'constructor', '__proto__', 'toString']) expect(factsOf(acting(), session)(name)).toEqual([]);
  });
});
