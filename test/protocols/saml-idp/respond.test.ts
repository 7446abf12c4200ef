import { describe, expect, it } from 'vitest';
import { errorCatalogue, type ErrorCode } from '../../../src/core/error-catalogue.ts';
import { BrygganError } from '../../../src/core/errors.ts';
import { toServiceId } from '../../../src/core/ids.ts';
import type { ServiceParty } from '../../../src/parties/model.ts';
import { readEntryState } from '../../../src/protocols/saml-idp/face-state.ts';
import { createSamlFace } from '../../../src/protocols/saml-idp/respond.ts';
import { confirmationMethods, nameIdFormats, namespaces, statuses } from '../../../src/saml/names.ts';
import { refusedWith, rejectedWith } from '../../fixtures/refused.ts';
import {
  ACS_URL, COMMISSION_PURPOSE, EMPLOYEE_HSA_ID, ENTITY_ID, IDP_ENTITY_ID, iso, LOA3, NOW, peerKey, REQUEST_ID, testFederation, testKey, testService, testWire, type RequestParts,
} from '../../fixtures/saml.ts';
import { answerTo, attributeValue, AUTHENTICATED_AT, deep, EMPLOYEE_ID, faceSettings, requestOf, responseText, serviceReads, SESSION, textIn, treeOf, type AnswerOptions } from '../../fixtures/saml-answers.ts';

const answer = answerTo;
const persistent: RequestParts = { children: `<samlp:NameIDPolicy Format="${nameIdFormats.persistent}"/>` };

describe('a positive answer', () => {
  it('holds what the profile demands and nothing else', async () => {
    const { form, tree } = await answer({ relayState: 'ctx' });
    expect(form).toMatchObject({ action: ACS_URL, fields: { RelayState: 'ctx' } });
    expect(attributeValue(tree, 'ID')).toMatch(/^_[0-9a-f]{40}$/);
    expect(Object.fromEntries(tree.attributes.map(({ localName, value }) => [localName, value]))).toEqual({ ID: attributeValue(tree, 'ID'), Version: '2.0', IssueInstant: iso(NOW), Destination: ACS_URL, InResponseTo: REQUEST_ID });
    expect(attributeValue(deep(tree, 'StatusCode', namespaces.samlp)[0], 'Value')).toBe(statuses.success);
    expect(deep(tree, 'Issuer').map(textIn)).toEqual([IDP_ENTITY_ID, IDP_ENTITY_ID]);
    for (const name of ['Assertion', 'Subject', 'SubjectConfirmation', 'Conditions', 'AudienceRestriction', 'AuthnStatement', 'AttributeStatement']) expect(deep(tree, name), name).toHaveLength(1);
    expect(attributeValue(deep(tree, 'SubjectConfirmation')[0], 'Method')).toBe(confirmationMethods.bearer);
    const [confirmation] = deep(tree, 'SubjectConfirmationData');
    expect(Object.fromEntries((confirmation?.attributes ?? []).map(({ localName, value }) => [localName, value]))).toEqual({ InResponseTo: REQUEST_ID, Recipient: ACS_URL, NotOnOrAfter: iso(NOW + 300_000) });
    expect(attributeValue(deep(tree, 'Conditions')[0], 'NotBefore')).toBe(iso(NOW - 60_000));
    expect(attributeValue(deep(tree, 'Conditions')[0], 'NotOnOrAfter')).toBe(iso(NOW + 300_000));
    expect(deep(tree, 'Audience').map(textIn)).toEqual([ENTITY_ID]);
    const [statement] = deep(tree, 'AuthnStatement');
    expect(attributeValue(statement, 'AuthnInstant')).toBe(iso(AUTHENTICATED_AT));
    expect(attributeValue(statement, 'SessionIndex')).toBe(SESSION.index);
    expect(attributeValue(statement, 'SessionNotOnOrAfter')).toBe(iso(SESSION.expiresAt));
    expect(deep(tree, 'AuthnContextClassRef').map(textIn)).toEqual([LOA3]);
  });
  it('is accepted by an independent service, signed twice', async () => {
    const service = testService();
    const { xml } = await answer({ service });
    const profile = await serviceReads(xml, service);
    expect(profile).toMatchObject({ issuer: IDP_ENTITY_ID, nameIDFormat: nameIdFormats.transient, sessionIndex: SESSION.index, [EMPLOYEE_HSA_ID]: EMPLOYEE_ID, [COMMISSION_PURPOSE]: 'Vård och behandling' });
    await expect(serviceReads(xml.replace(EMPLOYEE_ID, 'SE2120001439-EVIL'), service)).rejects.toThrow();
  });
  it('echoes RelayState exactly, and none where there was none', async () => {
    for (const relayState of ['', 'a+b c&d=é"<>', 'https://journal.example.se/?x=1']) expect((await answer({ relayState })).form.fields['RelayState']).toBe(relayState);
    expect((await answer()).form.fields).not.toHaveProperty('RelayState');
  });
  it('writes values as text, whatever is in them (threats E02)', async () => {
    const evil = `</saml:AttributeValue><saml:Assertion x='1'>&amp;<!-- -->]]>\r\n"`;
    const { xml, tree } = await answer({ attributes: { employeeHsaId: [evil] } });
    expect(textIn(deep(tree, 'AttributeValue')[0])).toBe(evil);
    expect(deep(tree, 'Assertion')).toHaveLength(1);
    expect((await serviceReads(xml, testService()))?.[EMPLOYEE_HSA_ID]).toBe(evil);
    await rejectedWith('xml.write', answer({ attributes: { employeeHsaId: ['a\0b'] } }));
  });
  it('a fact with a line end that only some XML libraries know is read by them too', async () => {
    const { xml } = await answer({ attributes: { employeeHsaId: ['a\u0085b\u2028c\nd'] } });
    expect((await serviceReads(xml, testService()))?.[EMPLOYEE_HSA_ID]).toBe('a b c\nd');
  });
});

describe('NameID', () => {
  const nameId = async (options: AnswerOptions) => {
    const { tree } = await answer(options);
    const [element] = deep(tree, 'NameID');
    return { value: textIn(element), format: attributeValue(element, 'Format'), nameQualifier: attributeValue(element, 'NameQualifier'), spNameQualifier: attributeValue(element, 'SPNameQualifier') };
  };
  const elsewhere = testService({ id: toServiceId('ale/arkiv'), wire: testWire({ entityId: 'https://arkiv.example.se/saml' as typeof ENTITY_ID }) });
  it('persistent: the same for one person at one service, different for others, opaque, one case', async () => {
    const first = await nameId({ parts: persistent });
    expect(first).toMatchObject({ format: nameIdFormats.persistent, nameQualifier: IDP_ENTITY_ID, spNameQualifier: ENTITY_ID });
    expect(first.value).toMatch(/^_[0-9a-f]{64}$/);
    expect(await nameId({ parts: persistent, session: { ...SESSION, index: 'another' } })).toEqual(first);
    expect((await nameId({ parts: persistent, subjectKey: 'person-2' })).value).not.toBe(first.value);
    expect((await nameId({ parts: { ...persistent, issuer: 'https://arkiv.example.se/saml' }, service: elsewhere })).value).not.toBe(first.value);
    expect((await nameId({ parts: persistent, settings: { subjectSecret: 'another secret' } })).value).not.toBe(first.value);
  });
  it('transient: new with every session, the same within one, unrelated to the person', async () => {
    const first = await nameId({});
    expect(first).toMatchObject({ format: nameIdFormats.transient, nameQualifier: undefined, spNameQualifier: undefined });
    expect(await nameId({})).toEqual(first);
    expect((await nameId({ session: { ...SESSION, index: 'another' } })).value).not.toBe(first.value);
    expect(first.value).not.toBe((await nameId({ parts: persistent })).value);
  });
});

describe('attributes', () => {
  it('under the names asked by, several values in one Attribute, in the order of the wishes', async () => {
    const { tree } = await answer({ attributes: { commissionPurpose: ['Vård', 'Administration'], employeeHsaId: [EMPLOYEE_ID] } });
    expect(deep(tree, 'Attribute').map((attribute) => [attributeValue(attribute, 'Name'), attributeValue(attribute, 'NameFormat'), deep(attribute, 'AttributeValue').map(textIn)])).toEqual([
      [EMPLOYEE_HSA_ID, 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri', [EMPLOYEE_ID]],
      [COMMISSION_PURPOSE, 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri', ['Vård', 'Administration']],
    ]);
  });
  it('one fact asked by two names leaves under both', async () => {
    const wish = (name: string) => ({ name, nameFormat: '', required: false });
    const service = testService({ wire: testWire({ attributeConsumingServices: [{ index: 1, isDefault: true, names: {}, attributes: [wish(EMPLOYEE_HSA_ID), wish('urn:oid:1.2.752.29.6.2.1')] }] }) });
    const { tree } = await answer({ service, attributes: { employeeHsaId: [EMPLOYEE_ID] } });
    expect(deep(tree, 'Attribute').map((attribute) => attributeValue(attribute, 'Name'))).toEqual([EMPLOYEE_HSA_ID, 'urn:oid:1.2.752.29.6.2.1']);
  });
  it('what was not released is absent, also what was released but never asked for', async () => {
    const { tree } = await answer({ attributes: { employeeHsaId: [], somethingElse: ['x'] } });
    expect(deep(tree, 'Attribute')).toEqual([]);
    expect(deep(tree, 'AttributeStatement')).toEqual([]);
  });
  it('structured values go through the serialiser of the service', async () => {
    const { tree } = await answer({ attributes: { employeeHsaId: [{ a: 1 }] }, settings: { serialise: (attribute, value, service) => `${attribute} ${JSON.stringify(value)} ${service.id}`, friendlyName: (attribute) => attribute.toUpperCase() } });
    expect(textIn(deep(tree, 'AttributeValue')[0])).toBe('employeeHsaId {"a":1} ale/journal');
    expect(attributeValue(deep(tree, 'Attribute')[0], 'FriendlyName')).toBe('EMPLOYEEHSAID');
  });
});

describe('signing and encryption as the service wants', () => {
  const signedParts = async (service: ServiceParty) => {
    const { tree, auditFacts } = await answer({ service });
    const has = (element: typeof tree | undefined): boolean => element?.children.some((child) => typeof child !== 'string' && child.namespace === namespaces.ds && child.localName === 'Signature') === true;
    expect([auditFacts['signedResponse'], auditFacts['signedAssertion']]).toEqual([has(tree), has(deep(tree, 'Assertion')[0])]);
    return `${has(tree) ? 'response ' : ''}${has(deep(tree, 'Assertion')[0]) ? 'assertion' : ''}`.trim();
  };
  const wanting = (response: boolean, assertion: boolean, wire = {}) => testService({ sign: { response, assertion }, wire: testWire(wire) });
  it.each([
    [wanting(true, true), 'response assertion'], [wanting(true, false), 'response'], [wanting(false, true), 'assertion'],
    [wanting(false, false), 'response'], [wanting(true, false, { wantAssertionsSigned: true }), 'response assertion'], [wanting(false, false, { wantAssertionsSigned: true }), 'assertion'],
  ])('case %#: %s', async (service, expected) => {
    expect(await signedParts(service)).toBe(expected);
  });
  it('each form is accepted by an independent service', async () => {
    for (const service of [wanting(true, false), wanting(false, true)]) {
      const { xml } = await answer({ service });
      const profile = await serviceReads(xml, service, { wantResponseSigned: service.sign.response, wantAssertionsSigned: service.sign.assertion });
      expect(profile?.[EMPLOYEE_HSA_ID]).toBe(EMPLOYEE_ID);
    }
  });
  const encryptionKey = testKey('reader');
  const reader = { ...peerKey(encryptionKey), methods: [], digests: [] };
  it('encrypts when the service has a key, then always signs the response', async () => {
    const service = wanting(false, true, { encryptionKeys: [reader] });
    const { xml, tree, auditFacts } = await answer({ service });
    expect(auditFacts).toMatchObject({ encrypted: true, signedResponse: true });
    expect(deep(tree, 'EncryptedAssertion')).toHaveLength(1);
    expect(deep(tree, 'Assertion')).toEqual([]);
    expect(xml).not.toContain(EMPLOYEE_ID);
    expect((await serviceReads(xml, service, { decryptionPvk: encryptionKey.pem }))?.[EMPLOYEE_HSA_ID]).toBe(EMPLOYEE_ID);
  });
  it('never means never, require without a key is refused', async () => {
    expect((await answer({ service: testService({ encryption: 'never', wire: testWire({ encryptionKeys: [reader] }) }) })).auditFacts['encrypted']).toBe(false);
    expect((await answer({ service: testService({ encryption: 'if-key' }) })).auditFacts['encrypted']).toBe(false);
    await rejectedWith('encrypt.failed', answer({ service: testService({ encryption: 'require' }) }));
  });
});

describe('what logout will need', () => {
  it('is kept with the session exactly as issued', async () => {
    const { entry, tree } = await answer({ parts: persistent });
    expect(entry).toMatchObject({ key: 'saml:ale/journal', service: 'ale/journal', party: 'ale', protocol: 'saml', answeredAt: NOW });
    expect(readEntryState(JSON.parse(JSON.stringify(entry.faceState)) as typeof entry.faceState)).toEqual({ nameId: textIn(deep(tree, 'NameID')[0]), nameIdFormat: nameIdFormats.persistent, nameQualifier: IDP_ENTITY_ID, spNameQualifier: ENTITY_ID, sessionIndex: SESSION.index });
    refusedWith('login.state', () => readEntryState({}));
  });
  it('the audit line names messages, never attribute values', async () => {
    const { auditFacts, tree } = await answer();
    expect(auditFacts).toMatchObject({ responseId: attributeValue(tree, 'ID'), assertionId: attributeValue(deep(tree, 'Assertion')[0], 'ID'), inResponseTo: REQUEST_ID });
    expect(JSON.stringify(auditFacts)).not.toContain(EMPLOYEE_ID);
  });
});

describe('a refusal', () => {
  const refuse = async (code: ErrorCode, service = testService()) => {
    const { slip } = requestOf(service, {}, 'ctx');
    const form = await createSamlFace(faceSettings()).refuse(slip, new BrygganError(code, 'detail for operations: SE2120001439-SECRET'), service);
    return form?.kind === 'post-form' ? { form, xml: responseText(form.fields), tree: treeOf(responseText(form.fields)) } : null;
  };
  const answerable = (Object.keys(errorCatalogue) as ErrorCode[]).filter((code) => errorCatalogue[code].saml !== null);
  it.each(answerable)('%s: the status pair of the catalogue, no assertion, no detail', async (code) => {
    const refusal = (await refuse(code))!;
    const [top, second] = deep(refusal.tree, 'StatusCode', namespaces.samlp).map((status) => attributeValue(status, 'Value'));
    const row = errorCatalogue[code].saml!;
    expect([top, second ?? null]).toEqual([`urn:oasis:names:tc:SAML:2.0:status:${row[0]}`, row[1]]);
    expect(attributeValue(refusal.tree, 'InResponseTo')).toBe(REQUEST_ID);
    expect(refusal.form).toMatchObject({ action: ACS_URL, fields: { RelayState: 'ctx' } });
    expect(textIn(deep(refusal.tree, 'StatusMessage', namespaces.samlp)[0])).toBe(code);
    expect(refusal.xml).not.toMatch(/<saml:Assertion|EncryptedAssertion|SECRET/);
  });
  it('what the service is never told is null', async () => {
    for (const code of ['saml.return-address', 'signature.invalid', 'login.other-browser', 'xml.doctype'] as const) expect(await refuse(code)).toBeNull();
  });
  it('"the person cancelled" is said in the federation\'s own way', async () => {
    const second = async (cancelStatus: string | null) => attributeValue(deep((await refuse('login.cancelled', testService({ federation: testFederation({ cancelStatus }) })))!.tree, 'StatusCode', namespaces.samlp)[1], 'Value');
    expect(await second(statuses.swedenConnectCancel)).toBe(statuses.swedenConnectCancel);
    expect(await second(null)).toBe(statuses.authnFailed);
  });
  it('is signed where responses are, and otherwise not', async () => {
    expect((await refuse('login.cancelled'))?.xml).toContain('<ds:Signature');
    expect((await refuse('login.cancelled', testService({ sign: { response: false, assertion: true } })))?.xml).not.toContain('<ds:Signature');
  });
});
