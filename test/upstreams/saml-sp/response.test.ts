/** What an IdP's answer must be, rule by rule (threats D): each broken answer beside its unbroken twin. */
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { algorithms, confirmationMethods, nameIdFormats, statuses } from '../../../src/saml/names.ts';
import { iso, LOA2, LOA3, NOW, testKey, EMPLOYEE_HSA_ID } from '../../fixtures/saml.ts';
import { audienceOf, MINUTE, PERSON_HSA_ID, statusElement, UPSTREAM_ID, upstreamProvider, upstreamWire, type AnswerParts } from '../../fixtures/upstream-idp.ts';
import { ACS, answer, AT, codeOf, decryptionKey, memoryOf, oldDecryptionKey, refused, SP_ID, take, upstreamSettings, type Circumstances } from './stage.ts';

describe('a good answer', () => {
  it('says who, at which level, when, and by whom', async () => {
    const identity = await take(answer({ authorities: ['https://first.example/idp', 'https://second.example/idp'] }));
    expect(identity).toMatchObject({ method: 'idp:ale/idp', person: { kind: 'hsa-id', hsaId: PERSON_HSA_ID }, level: 'loa3', authenticatedAt: AT, upstream: { provider: 'ale/idp', directory: 'ask' } });
    expect(identity.upstream?.authorities).toEqual(['https://first.example/idp', 'https://second.example/idp', UPSTREAM_ID]);
  });
  it.each([['the assertion alone is signed', ['assertion']], ['the response alone is signed', ['response']], ['both are signed', ['assertion', 'response']]] as const)('is believed when %s', async (_what, sign) => {
    expect(await codeOf(take(answer({ sign })))).toBe('accepted');
  });
  it.each([
    ['GCM, signed inside', { sign: ['assertion'], encryptFor: { key: decryptionKey } }], ['GCM, signed outside', { sign: ['response'], encryptFor: { key: decryptionKey } }],
    ['CBC, signed outside', { sign: ['response'], encryptFor: { key: decryptionKey, cipher: algorithms.aes256Cbc } }], ['to the key before a rollover', { encryptFor: { key: oldDecryptionKey } }],
  ] as const)('may be encrypted: %s', async (_what, parts) => {
    expect(await codeOf(take(answer(parts)))).toBe('accepted');
  });
  it('may have its statements in either order', async () => {
    const turned = (xml: string): string => {
      const [statement = ''] = /<saml:AuthnStatement[^]*<\/saml:AuthnStatement>/.exec(xml) ?? [];
      return xml.replace(statement, '').replace('</saml:Assertion>', `${statement}</saml:Assertion>`);
    };
    expect(await codeOf(take(answer({ editAssertion: turned })))).toBe('accepted');
  });
});

describe('signatures', () => {
  it('neither signed: refused, also when it is encrypted', async () => {
    await refused('upstream.signature', { sign: [] });
    await refused('upstream.signature', { sign: [] }, {}, { sign: ['assertion'], encryptFor: { key: decryptionKey } });
  });
  it('signed by another key', () => refused('upstream.signature', { key: testKey('somebody else') }));
  it('changed after it was signed', async () => {
    const good = answer({ sign: ['assertion'] });
    expect(await codeOf(take(good))).toBe('accepted');
    expect(await codeOf(take(good.replace(PERSON_HSA_ID, 'SE2120001439-EVIL')))).toBe('upstream.signature');
  });
  it('a good signature outside does not excuse a bad one inside', () => refused('upstream.signature', { sign: ['response'], editResponse: (xml) => {
    const inside = answer({ sign: ['assertion'] });
    const [assertion = ''] = /<saml:Assertion[^]*<\/saml:Assertion>/.exec(inside) ?? [];
    return xml.replace(/<saml:Assertion[^]*<\/saml:Assertion>/, assertion.replace(PERSON_HSA_ID, 'SE2120001439-EVIL'));
  } }, {}, {}));
  it('encrypted in CBC without a signature around it', () => refused('upstream.encryption', { encryptFor: { key: decryptionKey, cipher: algorithms.aes256Cbc } }, {}, { sign: ['assertion'], encryptFor: { key: decryptionKey } }));
  it('encrypted to somebody else', () => refused('upstream.encryption', { encryptFor: { key: testKey('not ours') } }, {}, { encryptFor: { key: decryptionKey } }));
});

/** One row per rule: threat, what is broken, code, the broken part. */
const rules: readonly (readonly [threat: string, what: string, code: ErrorCode, broken: Partial<AnswerParts>, circumstances?: Circumstances])[] = [
  ['D02', 'InResponseTo outside is of another request', 'upstream.in-response-to', { response: { InResponseTo: '_other' } }],
  ['D02', 'InResponseTo outside is missing', 'upstream.in-response-to', { response: { InResponseTo: undefined } }],
  ['D02', 'InResponseTo inside is of another request', 'upstream.in-response-to', { confirmation: { InResponseTo: '_other' } }],
  ['D02', 'InResponseTo inside is missing', 'upstream.in-response-to', { confirmation: { InResponseTo: undefined } }],
  ['D03', 'the response is by another IdP', 'upstream.issuer', { responseIssuer: '<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://other.example/idp</saml:Issuer>' }],
  ['D03', 'the assertion is by another IdP', 'upstream.issuer', { issuer: 'https://other.example/idp' }],
  ['D03', 'the assertion is by an IdP whose name only begins alike', 'upstream.issuer', { issuer: `${UPSTREAM_ID}/` }],
  ['D03', 'a signed response names no issuer', 'upstream.issuer', { responseIssuer: '' }],
  ['D04', 'Destination is missing', 'upstream.destination', { response: { Destination: undefined } }],
  ['D04', 'Destination is another stage', 'upstream.destination', { response: { Destination: 'https://login.test.example.se/upstream/saml/acs' } }],
  ['D04', 'Destination only begins as ours', 'upstream.destination', { response: { Destination: `${ACS}/x` } }],
  ['D04', 'Recipient is missing', 'upstream.recipient', { confirmation: { Recipient: undefined } }],
  ['D04', 'Recipient is in another case', 'upstream.recipient', { confirmation: { Recipient: ACS.replace('/acs', '/ACS') } }],
  ['D04', 'Audience is another service', 'upstream.audience', { restrictions: audienceOf('https://other.example/sp') }],
  ['D04', 'Audience only begins as ours', 'upstream.audience', { restrictions: audienceOf(`${SP_ID}x`) }],
  ['D04', 'there is no AudienceRestriction', 'upstream.audience', { restrictions: '' }],
  ['D04', 'one of two AudienceRestrictions leaves us out', 'upstream.audience', { restrictions: audienceOf(SP_ID) + audienceOf('https://other.example/sp') }],
  ['D06', 'the response was made too long ago', 'upstream.issue-instant', { response: { IssueInstant: iso(AT - 7 * MINUTE) } }],
  ['D06', 'the response comes from the future', 'upstream.issue-instant', { response: { IssueInstant: iso(AT + 2 * MINUTE) } }],
  ['D06', 'the assertion was made too long ago', 'upstream.issue-instant', { assertion: { IssueInstant: iso(AT - 7 * MINUTE) } }],
  ['D06', 'the assertion comes from the future', 'upstream.issue-instant', { assertion: { IssueInstant: iso(AT + 2 * MINUTE) } }],
  ['D06', 'a time in another zone', 'upstream.unreadable', { assertion: { IssueInstant: '2026-06-01T10:00:05+02:00' } }],
  ['D06', 'a date without time', 'upstream.unreadable', { conditions: { NotOnOrAfter: '2026-06-02' } }],
  ['D06', 'the confirmation has no end', 'upstream.confirmation-window', { confirmation: { NotOnOrAfter: undefined } }],
  ['D06', 'the confirmation is over', 'upstream.confirmation-window', { confirmation: { NotOnOrAfter: iso(AT - 2 * MINUTE) } }],
  ['D06', 'the confirmation lasts longer than an hour', 'upstream.confirmation-window', { confirmation: { NotOnOrAfter: iso(AT + 62 * MINUTE) } }],
  ['D06', 'a bearer’s confirmation has a NotBefore', 'upstream.confirmation-window', { confirmation: { NotBefore: iso(AT - MINUTE) } }],
  ['D06', 'the conditions have no beginning', 'upstream.condition-window', { conditions: { NotBefore: undefined } }],
  ['D06', 'the conditions have no end', 'upstream.condition-window', { conditions: { NotOnOrAfter: undefined } }],
  ['D06', 'not valid yet', 'upstream.condition-window', { conditions: { NotBefore: iso(AT + 2 * MINUTE) } }],
  ['D06', 'not valid any more', 'upstream.condition-window', { conditions: { NotBefore: iso(AT - 9 * MINUTE), NotOnOrAfter: iso(AT - 2 * MINUTE) } }],
  ['D06', 'ends before it begins', 'upstream.condition-window', { conditions: { NotBefore: iso(AT + MINUTE / 2), NotOnOrAfter: iso(AT) } }],
  ['D06', 'the IdP’s session is over', 'upstream.session-over', { statement: { SessionNotOnOrAfter: iso(AT - 2 * MINUTE) } }],
  ['D06', 'AuthnInstant is in the future', 'upstream.authn-instant', { statement: { AuthnInstant: iso(AT + 2 * MINUTE) } }],
  ['D07', 'a lower level than asked for', 'upstream.authn-context', { classRef: LOA2 }],
  ['D07', 'a level that only begins as the one asked for', 'upstream.authn-context', { classRef: `${LOA3}/x` }],
  ['D07', 'a level that nobody knows', 'upstream.authn-context', { classRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified' }],
  ['D07', 'a level that is not agreed, where none was asked for', 'upstream.authn-context', { classRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:X509' }, { memory: memoryOf({ contexts: [] }) }],
  ['D08', 'an old login after a fresh one was asked for', 'upstream.authn-instant', { statement: { AuthnInstant: iso(NOW - 2 * MINUTE) } }, { memory: memoryOf({ forced: true }) }],
  ['D09', 'sender-vouches', 'upstream.subject-confirmation', { method: confirmationMethods.senderVouches }],
  ['D09', 'holder-of-key without proof', 'upstream.subject-confirmation', { method: confirmationMethods.holderOfKey }],
  ['D09', 'two confirmations', 'upstream.subject-confirmation', { editAssertion: (xml) => xml.replace(/(<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>)/, '$1$1') }],
  ['D09', 'no confirmation', 'upstream.subject-confirmation', { editAssertion: (xml) => xml.replace(/<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, '') }],
  ['D10', 'no conditions', 'upstream.condition', { editAssertion: (xml) => xml.replace(/<saml:Conditions.*<\/saml:Conditions>/, '') }],
  ['D10', 'a condition of an unknown kind', 'upstream.condition', { restrictions: `${audienceOf(SP_ID)}<x:Only xmlns:x="urn:x"></x:Only>` }],
  ['D10', 'the IdP forbids us to speak of it', 'upstream.proxy-restriction', { restrictions: `${audienceOf(SP_ID)}<saml:ProxyRestriction Count="0"></saml:ProxyRestriction>` }],
  ['D11', 'another party’s person', 'upstream.person', { attributes: { [EMPLOYEE_HSA_ID]: ['SE2120001652-A1B2'] } }],
  ['D11', 'an HSA-id whose number only begins as the party’s', 'upstream.person', { attributes: { [EMPLOYEE_HSA_ID]: ['SE21200014390-A1B2'] } }],
  ['D12', 'a NameID of another format than was asked for', 'upstream.name-id', { nameId: `<saml:NameID Format="${nameIdFormats.persistent}">_b7d0</saml:NameID>` }],
  ['D12', 'a NameID qualified for somebody else', 'upstream.name-id', { nameId: `<saml:NameID Format="${nameIdFormats.transient}" SPNameQualifier="https://other.example/sp">_b7d0</saml:NameID>` }],
  ['D12', 'nobody is named', 'upstream.person', { attributes: {} }],
  ['D12', 'two people are named', 'upstream.person', { attributes: { [EMPLOYEE_HSA_ID]: [PERSON_HSA_ID, 'SE2120001439-C3D4'] } }],
  ['D16', 'a refusal that carries an assertion', 'upstream.status', { status: statusElement(statuses.responder, statuses.authnFailed) }],
  ['D16', 'success with a second thought', 'upstream.status', { status: statusElement(statuses.success, statuses.partialLogout) }],
  ['B', 'no assertion', 'upstream.assertion-count', { editResponse: (xml) => xml.replace(/<saml:Assertion[^]*<\/saml:Assertion>/, '') }],
  ['B', 'two assertions', 'upstream.assertion-count', { sign: ['response'], editResponse: (xml) => xml.replace('</samlp:Response>', `${/<saml:Assertion[^]*<\/saml:Assertion>/.exec(answer({ sign: [] }))?.[0] ?? ''}</samlp:Response>`) }],
  ['', 'two statements of logins', 'upstream.statement', { editAssertion: (xml) => xml.replace(/(<saml:AuthnStatement.*<\/saml:AuthnStatement>)/, '$1$1') }],
  ['', 'no statement of a login', 'upstream.statement', { editAssertion: (xml) => xml.replace(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, '') }],
  ['', 'a response of another version', 'upstream.version', { response: { Version: '2.1' } }],
  ['', 'an assertion of another version', 'upstream.version', { assertion: { Version: '1.1' } }],
  ['A', 'a comment in the name', 'upstream.unreadable', { editAssertion: (xml) => xml.replace(PERSON_HSA_ID, `${PERSON_HSA_ID}<!-- -->`), sign: ['response'] }],
  ['A', 'an element that the schema does not have', 'upstream.unreadable', { editAssertion: (xml) => xml.replace('<saml:Conditions', '<saml:Evil></saml:Evil><saml:Conditions') }],
];
it.each(rules.map(([threat, what, code, broken, circumstances]) => ({ threat, what, code, broken, circumstances })))('$threat: $what → $code', ({ code, broken, circumstances }) => refused(code, broken, circumstances));

describe('times at their edges', () => {
  const edges: readonly (readonly [what: string, parts: Partial<AnswerParts>, outcome: ErrorCode | 'accepted'])[] = [
    ['the confirmation ended within the skew', { confirmation: { NotOnOrAfter: iso(AT - MINUTE + 1) } }, 'accepted'],
    ['the confirmation ended a skew ago', { confirmation: { NotOnOrAfter: iso(AT - MINUTE) } }, 'upstream.confirmation-window'],
    ['valid from within the skew', { conditions: { NotBefore: iso(AT + MINUTE) } }, 'accepted'],
    ['valid from past the skew', { conditions: { NotBefore: iso(AT + MINUTE + 1) } }, 'upstream.condition-window'],
  ];
  it.each(edges)('%s → %s', async (_what, parts, outcome) => { expect(await codeOf(take(answer(parts)))).toBe(outcome); });
});

describe('what the IdP says itself reaches the service as a code of its own', () => {
  it.each([
    [statuses.noPassive, 'upstream.no-passive'], [statuses.noAuthnContext, 'upstream.no-authn-context'], [statuses.unknownPrincipal, 'upstream.unknown-principal'], [statuses.requestDenied, 'upstream.request-denied'],
    [statuses.proxyCountExceeded, 'upstream.proxy-count'], [statuses.noAvailableIdp, 'upstream.no-available-provider'], [statuses.swedenConnectCancel, 'upstream.cancelled'], [statuses.swedenConnectFraud, 'upstream.fraud'], ['urn:who:knows', 'upstream.failed'],
  ] as const)('%s → %s', async (second, code) => {
    expect(await codeOf(take(answer({ status: statusElement(statuses.responder, second), editResponse: (xml) => xml.replace(/<saml:Assertion[^]*<\/saml:Assertion>/, '') })))).toBe(code);
  });
});

describe('replay (D05)', () => {
  it('the same answer at two nodes and twenty times at once is accepted exactly once', async () => {
    const shared = upstreamSettings().replay;
    const nodes = [upstreamSettings({ replay: shared }), upstreamSettings({ replay: shared })];
    const xml = answer();
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_one, index) => codeOf(take(xml, { settings: nodes[index % 2] ?? upstreamSettings() }))));
    expect(outcomes.filter((code) => code === 'accepted')).toHaveLength(1);
    expect(outcomes.filter((code) => code === 'upstream.replayed')).toHaveLength(19);
  });
  it('another answer is not mistaken for it', async () => {
    const settings = upstreamSettings();
    expect(await codeOf(take(answer(), { settings }))).toBe('accepted');
    expect(await codeOf(take(answer(), { settings }))).toBe('accepted');
  });
});

describe('trust limits', () => {
  it('an IdP is never believed above its cap', async () => {
    const provider = upstreamProvider({ trust: { ...upstreamProvider().trust, highestLevel: 'loa2' } });
    expect((await take(answer(), { provider })).level).toBe('loa2');
    expect((await take(answer())).level).toBe('loa3');
  });
  it('keys of metadata that has ended verify nothing; a moment before they do (F02)', async () => {
    const until = (validUntil: number) => codeOf(take(answer(), { provider: upstreamProvider({ wire: upstreamWire({ validUntil }) }) }));
    expect([await until(AT + 1), await until(AT)]).toEqual(['accepted', 'upstream.unavailable']);
  });
  it('brings the attributes that it may bring and no others', async () => {
    const wire = upstreamWire({ attributeNames: new Map([['urn:oid:2.5.4.42', 'givenName'], ['urn:oid:2.5.4.4', 'surname']]) });
    const identity = await take(answer({ attributes: { [EMPLOYEE_HSA_ID]: [PERSON_HSA_ID], 'urn:oid:2.5.4.42': ['Anna'], 'urn:oid:2.5.4.4': ['Berg'] } }), { provider: upstreamProvider({ wire }) });
    expect(identity.upstream?.attributes).toEqual({ employeeHsaId: [PERSON_HSA_ID], givenName: ['Anna'] });
  });
  it('the same NameID from two IdPs is not one person: the attribute that names the person decides', async () => {
    const other = upstreamProvider({ id: 'ale/other', wire: upstreamWire({ entityId: UPSTREAM_ID.replace('upstream.', 'other.') as typeof UPSTREAM_ID }) });
    const first = await take(answer());
    const second = await take(answer({ issuer: other.wire.entityId, responseIssuer: `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${other.wire.entityId}</saml:Issuer>`, attributes: { [EMPLOYEE_HSA_ID]: ['SE2120001439-C3D4'] } }), { provider: other, memory: memoryOf({ provider: 'ale/other', entityId: other.wire.entityId }) });
    expect(first.person).not.toEqual(second.person);
  });
});
