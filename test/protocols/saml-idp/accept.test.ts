import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { toPartyId } from '../../../src/core/ids.ts';
import type { AnswerSlip } from '../../../src/login/transaction.ts';
import type { SamlParty } from '../../../src/parties/model.ts';
import { acceptAuthnRequest, REQUEST_LIFETIME_SECONDS, type AcceptContext } from '../../../src/protocols/saml-idp/accept.ts';
import { bindings, nameIdFormats, namespaces } from '../../../src/saml/names.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import {
  ACS_URL, authnRequest, COMMISSION_PURPOSE, EMPLOYEE_HSA_ID, ENTITY_ID, IDP_ENTITY_ID, iso, LOA2, LOA3, NOW, peerKey, postFields, redirectQuery, REQUEST_ID,
  SSO_URL, testContext, testFederation, testKey, testParty, testRegistry, testService, testWire, type RequestParts,
} from '../../fixtures/saml.ts';

const context = testContext();
const redirect = (rawQuery: string, where: AcceptContext = context) => acceptAuthnRequest({ binding: 'redirect', rawQuery }, where);
const post = (fields: Record<string, string>, where: AcceptContext = context) => acceptAuthnRequest({ binding: 'post', fields }, where);
const accept = (parts: RequestParts = {}, where: AcceptContext = context) => redirect(redirectQuery(authnRequest(parts)), where);
const accepted = (parts: RequestParts = {}, where: AcceptContext = context) => {
  const { outcome } = accept(parts, where);
  return outcome.ok ? outcome.request : expect.fail(`refused with ${outcome.error.code}`);
};
/** A refusal that is answered to the service: code and the slip it goes back with. */
const answered = (code: ErrorCode, parts: RequestParts, where: AcceptContext = context): AnswerSlip => {
  const { outcome } = accept(parts, where);
  if (outcome.ok) return expect.fail('was accepted');
  expect(outcome.error.code).toBe(code);
  return outcome.slip;
};
const withWire = (overrides: Partial<SamlParty['wire']>): AcceptContext => testContext(testService({ wire: testWire(overrides) }));
const policy = (attributes: string): RequestParts => ({ children: `<samlp:NameIDPolicy ${attributes}/>` });
const levels = (uris: readonly string[], comparison = 'exact'): RequestParts => ({ children: `<samlp:RequestedAuthnContext Comparison="${comparison}">${uris.map((uri) => `<saml:AuthnContextClassRef>${uri}</saml:AuthnContextClassRef>`).join('')}</samlp:RequestedAuthnContext>` });

describe('a good request becomes an accepted one', () => {
  it('by HTTP-Redirect', () => {
    expect(redirect(redirectQuery(authnRequest(), { relayState: 'ctx' }))).toEqual({
      requestKey: { issuer: ENTITY_ID, id: REQUEST_ID },
      outcome: { ok: true, request: {
        slip: {
          protocol: 'saml', service: 'ale/journal', party: 'ale', returnAddress: { url: ACS_URL, binding: bindings.post },
          faceState: { requestId: REQUEST_ID, relayState: 'ctx', nameIdFormat: 'transient', wishes: [['employeeHsaId', EMPLOYEE_HSA_ID], ['commissionPurpose', COMMISSION_PURPOSE]] },
        },
        assurance: { comparison: 'exact', uris: [LOA3] }, freshLoginRequired: false, noInteraction: false,
        requestedAttributes: [{ attribute: 'employeeHsaId', wireName: EMPLOYEE_HSA_ID, required: true }, { attribute: 'commissionPurpose', wireName: COMMISSION_PURPOSE, required: false }],
        preselection: {}, receivedAt: NOW,
      } },
    });
  });
  it('by HTTP-POST, to the same result', () => {
    expect(post(postFields(authnRequest(), { relayState: 'ctx' }))).toEqual(redirect(redirectQuery(authnRequest(), { relayState: 'ctx' })));
  });
  it('is plain JSON, since it is stored sealed', () => {
    expect(JSON.parse(JSON.stringify(accept()))).toEqual(accept());
  });
  it('carries ForceAuthn and IsPassive into the login', () => {
    expect(accepted({ attributes: { ForceAuthn: 'true' } })).toMatchObject({ freshLoginRequired: true, noInteraction: false });
    expect(accepted({ attributes: { IsPassive: '1' } })).toMatchObject({ freshLoginRequired: false, noInteraction: true });
    expect(accepted({ attributes: { ForceAuthn: 'false', IsPassive: '0' } })).toMatchObject({ freshLoginRequired: false, noInteraction: false });
  });
});

describe('signed and unsigned requests', () => {
  const unsignedService = withWire({ authnRequestsSigned: false });
  const stranger = testKey('stranger');
  type Case = readonly [name: string, demanded: boolean, send: (where: AcceptContext) => unknown, code: ErrorCode | null];
  const matrix: readonly Case[] = ([true, false] as const).flatMap((demanded): readonly Case[] => [
    ['Redirect, good signature', demanded, (where) => redirect(redirectQuery(), where), null],
    ['Redirect, unsigned', demanded, (where) => redirect(redirectQuery(authnRequest(), { key: null }), where), demanded ? 'saml.unsigned' : null],
    ["Redirect, stranger's signature", demanded, (where) => redirect(redirectQuery(authnRequest(), { key: stranger }), where), 'signature.invalid'],
    ['POST, good signature', demanded, (where) => post(postFields(), where), null],
    ['POST, unsigned', demanded, (where) => post(postFields(authnRequest(), { key: null }), where), demanded ? 'saml.unsigned' : null],
    ["POST, stranger's signature", demanded, (where) => post(postFields(authnRequest(), { key: stranger }), where), 'signature.invalid'],
  ]);
  it.each(matrix)('%s, demanded %s', (_name, demanded, send, code) => {
    const where = demanded ? context : unsignedService;
    if (code === null) expect(send(where)).toMatchObject({ outcome: { ok: true } });
    else refusedWith(code, () => send(where));
  });
  it('our own setting demands signatures of everybody', () => {
    const strict = testContext(testService({ wire: testWire({ authnRequestsSigned: false }) }), { wantSigned: true });
    expect(redirect(redirectQuery(), strict).outcome.ok).toBe(true);
    refusedWith('saml.unsigned', () => redirect(redirectQuery(authnRequest(), { key: null }), strict));
  });
  it('any published key will do, also the second [SC-DP §2.1.1.2]', () => {
    const rolling = withWire({ signingKeys: [peerKey(testKey('next')), peerKey(testKey())] });
    expect(redirect(redirectQuery(), rolling).outcome.ok).toBe(true);
    expect(post(postFields(), rolling).outcome.ok).toBe(true);
  });
  it('a signature by a service without keys cannot be good', () => {
    const keyless = withWire({ authnRequestsSigned: false, signingKeys: [] });
    expect(redirect(redirectQuery(authnRequest(), { key: null }), keyless).outcome.ok).toBe(true);
    refusedWith('signature.key', () => redirect(redirectQuery(), keyless));
    refusedWith('signature.key', () => post(postFields(), keyless));
  });
  it('a signature inside a message by Redirect is refused [SAMLBind §3.4.4.1]', () => {
    const { SAMLRequest = '' } = postFields();
    const inside = Buffer.from(SAMLRequest, 'base64').toString();
    refusedWith('signature.shape', () => redirect(redirectQuery(inside)));
    refusedWith('signature.shape', () => redirect(redirectQuery(inside, { key: null }), unsignedService));
  });
  it('nothing behind the signature is believed before it: a fault inside a badly signed request is not told', () => {
    refusedWith('signature.invalid', () => redirect(redirectQuery(authnRequest({ attributes: { Destination: 'https://evil.example/' } }), { key: stranger })));
    refusedWith('signature.digest', () => post({ SAMLRequest: Buffer.from(Buffer.from(postFields()['SAMLRequest'] ?? '', 'base64').toString().replace(ACS_URL, 'https://evil.example/acs')).toString('base64') }));
  });
  it('a SAMLResponse is no request', () => {
    refusedWith('binding.parameter', () => redirect(redirectQuery(authnRequest(), { parameter: 'SAMLResponse' })));
    refusedWith('binding.parameter', () => post({ SAMLResponse: postFields()['SAMLRequest'] ?? '' }));
  });
});

describe('who asks', () => {
  it('an unknown issuer is refused without an answer (threats E10)', () => {
    for (const issuer of ['https://unknown.example/', `${ENTITY_ID}/`, ENTITY_ID.toUpperCase(), `${ENTITY_ID}​`]) refusedWith('saml.service-unknown', () => accept({ issuer }));
  });
  it('a service or party that is switched off is refused (threats D13)', () => {
    refusedWith('service.disabled', () => accept({}, testContext(testService({ enabled: false }))));
    const off = testRegistry([testService()], [testParty({ enabled: false })]);
    refusedWith('party.disabled', () => accept({}, testContext(testService(), { registry: off })));
    refusedWith('party.disabled', () => accept({}, testContext(testService({ party: toPartyId('nobody') }))));
  });
  it('metadata past its validUntil is not used', () => {
    expect(accept({}, withWire({ validUntil: NOW + 1 })).outcome.ok).toBe(true);
    refusedWith('service.disabled', () => accept({}, withWire({ validUntil: NOW })));
  });
});

describe('Destination and IssueInstant', () => {
  it.each([undefined, 'https://login.example.se/saml/sso/', 'https://login.example.se/saml/SSO', 'https://login.example.se:443/saml/sso', 'http://login.example.se/saml/sso', `${SSO_URL}?x`, 'https://evil.example/saml/sso'])('Destination %s is refused', (Destination) => {
    refusedWith('saml.destination', () => accept({ attributes: { Destination } }));
  });
  it('any of our published addresses is right', () => {
    expect(accept({ attributes: { Destination: 'https://b.example/sso' } }, testContext(testService(), { ssoUrls: [SSO_URL, 'https://b.example/sso'] })).outcome.ok).toBe(true);
  });
  const window = (REQUEST_LIFETIME_SECONDS + 60) * 1000;
  it.each([[-window, true], [-window - 1, false], [60_000, true], [60_001, false]])('IssueInstant %i ms from now: %s', (offset, good) => {
    const parts = { attributes: { IssueInstant: iso(NOW + offset) } };
    if (good) expect(accept(parts).outcome.ok).toBe(true);
    else refusedWith('saml.issue-instant', () => accept(parts));
  });
  it('the skew is the federation\'s', () => {
    const tolerant = testContext(testService({ federation: testFederation({ clockSkew: 300 }) }));
    expect(accept({ attributes: { IssueInstant: iso(NOW + 300_000) } }, tolerant).outcome.ok).toBe(true);
  });
});

describe('return address: always from metadata (threats E01)', () => {
  const artifact = { url: 'https://journal.example.se/artifact', binding: bindings.artifact, index: 3, isDefault: false };
  const second = { url: 'https://journal.example.se/acs2', binding: bindings.post, index: 2, isDefault: false };
  const first = { url: ACS_URL, binding: bindings.post, index: 5, isDefault: false };
  const several = withWire({ assertionConsumerServices: [first, second, artifact] });
  const none = { AssertionConsumerServiceURL: undefined, ProtocolBinding: undefined };
  const goesTo = (attributes: Record<string, string | undefined>, where = several) => accepted({ attributes }, where).slip.returnAddress.url;
  it('by address', () => {
    expect(goesTo({ AssertionConsumerServiceURL: second.url })).toBe(second.url);
  });
  it('by index', () => {
    expect(goesTo({ ...none, AssertionConsumerServiceIndex: '2' })).toBe(second.url);
    expect(goesTo({ ...none, AssertionConsumerServiceIndex: '5' })).toBe(first.url);
  });
  it('by default: isDefault, else the lowest index [SC-DP §5.4.2]', () => {
    expect(goesTo(none)).toBe(second.url);
    expect(goesTo({ AssertionConsumerServiceURL: undefined })).toBe(second.url);
    expect(goesTo(none, withWire({ assertionConsumerServices: [{ ...first, isDefault: true }, second] }))).toBe(first.url);
    expect(goesTo(none, withWire({ assertionConsumerServices: [{ ...artifact, isDefault: true, index: 0 }, first, second] }))).toBe(second.url);
  });
  it.each<[string, Record<string, string | undefined>]>([
    ['an address elsewhere', { AssertionConsumerServiceURL: 'https://evil.example/saml/acs' }],
    ['an address that begins like ours', { AssertionConsumerServiceURL: `${ACS_URL}.evil.example` }],
    ['a path below', { AssertionConsumerServiceURL: `${ACS_URL}/x` }],
    ['a slash more', { AssertionConsumerServiceURL: `${ACS_URL}/` }],
    ['a query', { AssertionConsumerServiceURL: `${ACS_URL}?x=1` }],
    ['a fragment', { AssertionConsumerServiceURL: `${ACS_URL}#x` }],
    ['another case', { AssertionConsumerServiceURL: ACS_URL.replace('acs', 'ACS') }],
    ['another scheme', { AssertionConsumerServiceURL: ACS_URL.replace('https', 'http') }],
    ['a port', { AssertionConsumerServiceURL: ACS_URL.replace('.se/', '.se:443/') }],
    ['credentials in front', { AssertionConsumerServiceURL: ACS_URL.replace('//', '//evil@') }],
    ['dots in the path', { AssertionConsumerServiceURL: ACS_URL.replace('/saml/', '/saml/../saml/') }],
    ['percent-encoding', { AssertionConsumerServiceURL: ACS_URL.replace('acs', '%61cs') }],
    ['javascript', { AssertionConsumerServiceURL: 'javascript:alert(1)' }],
    ['an endpoint for artifacts', { AssertionConsumerServiceURL: artifact.url }],
    ['an endpoint for artifacts, by its binding', { AssertionConsumerServiceURL: artifact.url, ProtocolBinding: bindings.artifact }],
    ['an index that is not there', { ...none, AssertionConsumerServiceIndex: '4' }],
    ['the index of an artifact endpoint', { ...none, AssertionConsumerServiceIndex: '3' }],
    ['index and address together', { AssertionConsumerServiceIndex: '5', ProtocolBinding: undefined }],
    ['index and binding together', { AssertionConsumerServiceURL: undefined, AssertionConsumerServiceIndex: '5' }],
  ])('refuses %s, and nothing leaves', (_name, attributes) => {
    expect(goesTo({})).toBe(ACS_URL);
    refusedWith('saml.return-address', () => accept({ attributes }, several));
  });
  it('the address of another service is not ours to use', () => {
    const other = testService({ wire: testWire({ assertionConsumerServices: [second] }) });
    refusedWith('saml.return-address', () => accept({}, testContext(other)));
  });
});

describe('refusals that are answered to the service', () => {
  it('a version that is not 2.0', () => {
    for (const Version of ['1.1', '2.1', '3.0']) expect(answered('saml.version', { attributes: { Version } })).toMatchObject({ returnAddress: { url: ACS_URL }, faceState: { requestId: REQUEST_ID } });
  });
  it('an answer by another binding than HTTP-POST', () => {
    expect(answered('saml.binding-unsupported', { attributes: { ProtocolBinding: bindings.artifact } }).returnAddress).toEqual({ url: ACS_URL, binding: bindings.post });
  });
  it('a named subject', () => {
    answered('saml.subject', { children: '<saml:Subject><saml:NameID>x</saml:NameID></saml:Subject>' });
  });
  it('keeps RelayState for the answer', () => {
    const { outcome } = redirect(redirectQuery(authnRequest(policy(`Format="${nameIdFormats.emailAddress}"`)), { relayState: 'ctx' }));
    expect(outcome).toMatchObject({ ok: false, slip: { faceState: { relayState: 'ctx' } }, error: { code: 'saml.name-id-policy' } });
  });
});

describe('NameID format [SAMLCore §3.4.1.1]', () => {
  const format = (parts: RequestParts, where = context) => accepted(parts, where).slip.faceState['nameIdFormat'];
  it('as asked', () => {
    expect(format(policy(`Format="${nameIdFormats.transient}"`))).toBe('transient');
    expect(format(policy(`Format="${nameIdFormats.persistent}" AllowCreate="false"`))).toBe('persistent');
    expect(format(policy(`Format="${nameIdFormats.persistent}" SPNameQualifier="${ENTITY_ID}"`))).toBe('persistent');
  });
  it('silent or unspecified: the first of the metadata that we have, else the federation\'s', () => {
    const persistentFederation = testContext(testService({ federation: testFederation({ defaultNameId: 'persistent' }) }));
    for (const parts of [{ children: '' }, policy(''), policy(`Format="${nameIdFormats.unspecified}"`)]) {
      expect(format(parts)).toBe('transient');
      expect(format(parts, persistentFederation)).toBe('persistent');
      expect(format(parts, withWire({ nameIdFormats: [nameIdFormats.emailAddress, nameIdFormats.persistent, nameIdFormats.transient] }))).toBe('persistent');
      expect(format(parts, withWire({ nameIdFormats: [nameIdFormats.emailAddress] }))).toBe('transient');
    }
  });
  it.each([nameIdFormats.emailAddress, nameIdFormats.encrypted, nameIdFormats.entity, 'urn:x', 'toString', '__proto__'])('%s is answered with InvalidNameIDPolicy', (name) => {
    answered('saml.name-id-policy', policy(`Format="${name}"`));
  });
  it('the namespace of somebody else is answered with InvalidNameIDPolicy', () => {
    answered('saml.name-id-policy', policy('SPNameQualifier="https://other.example/"'));
  });
});

describe('requested levels', () => {
  it('what the federation understands is passed on; none is any', () => {
    expect(accepted(levels([LOA2, LOA3])).assurance).toEqual({ comparison: 'exact', uris: [LOA2, LOA3] });
    expect(accepted(levels(['urn:unknown', LOA2])).assurance).toEqual({ comparison: 'exact', uris: [LOA2] });
    expect(accepted({ children: '' }).assurance).toBeNull();
    expect(accepted(levels([LOA2], 'better')).assurance?.comparison).toBe('better');
  });
  it.each<[string, RequestParts]>([
    ['an unknown class', levels(['urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'])],
    ['another federation\'s level', levels(['http://id.elegnamnden.se/loa/1.0/loa3'])],
    ['a level by prefix', levels([`${LOA3}0`])],
    ['better than the best', levels([LOA3], 'better')],
    ['a declaration', { children: '<samlp:RequestedAuthnContext><saml:AuthnContextDeclRef>urn:d</saml:AuthnContextDeclRef></samlp:RequestedAuthnContext>' }],
    ['an inherited name', levels(['toString'])],
  ])('%s is answered with NoAuthnContext', (_name, parts) => {
    answered('saml.authn-context', parts);
  });
});

describe('Scoping', () => {
  const scoping = (inside: string, attributes = ''): RequestParts => ({ children: `<samlp:Scoping${attributes}>${inside}</samlp:Scoping>` });
  const list = (...ids: string[]) => `<samlp:IDPList>${ids.map((id) => `<samlp:IDPEntry ProviderID="${id}"/>`).join('')}</samlp:IDPList>`;
  it.each([['no list', scoping('')], ['ProxyCount 0: our card login is not proxying', scoping('', ' ProxyCount="0"')], ['a list with us', scoping(list('urn:x', IDP_ENTITY_ID))], ['a requester', scoping('<samlp:RequesterID>urn:app</samlp:RequesterID>')]])('accepts %s', (_name, parts) => {
    expect(accept(parts).outcome.ok).toBe(true);
  });
  it('a list without us is answered with NoSupportedIDP', () => {
    answered('saml.scoping', scoping(list('urn:x')));
    answered('saml.scoping', scoping(list(`${IDP_ENTITY_ID}/`)));
  });
});

describe('requested attributes', () => {
  const uri = 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri';
  const wish = (name: string, required = false) => ({ name, nameFormat: uri, required });
  const services = [
    { index: 7, isDefault: false, names: {}, attributes: [wish(COMMISSION_PURPOSE)] },
    { index: 2, isDefault: false, names: {}, attributes: [wish(EMPLOYEE_HSA_ID), wish('urn:oid:1.2.752.29.6.2.1', true), wish(EMPLOYEE_HSA_ID, true)] },
  ];
  const asked = (attributes: Record<string, string>, attributeConsumingServices: typeof services, overrides: Partial<AcceptContext> = {}) =>
    accepted({ attributes }, { ...withWire({ attributeConsumingServices }), ...overrides }).requestedAttributes;
  it('by index, default, lowest index; unknown names dropped; the same name once', () => {
    expect(asked({ AttributeConsumingServiceIndex: '7' }, services)).toEqual([{ attribute: 'commissionPurpose', wireName: COMMISSION_PURPOSE, required: false }]);
    expect(asked({}, services)).toEqual([{ attribute: 'employeeHsaId', wireName: EMPLOYEE_HSA_ID, required: true }, { attribute: 'employeeHsaId', wireName: 'urn:oid:1.2.752.29.6.2.1', required: true }]);
    expect(asked({}, services.map((service) => ({ ...service, isDefault: service.index === 7 })))).toHaveLength(1);
  });
  it('a service that publishes none asks for none [IN-SP]', () => {
    expect(asked({}, [])).toEqual([]);
  });
  it('an index that is not there is answered', () => {
    answered('saml.attribute-index', { attributes: { AttributeConsumingServiceIndex: '3' } });
  });
  it('what its categories imply is added unless asked for already', () => {
    const impliedAttributes = () => [{ attribute: 'employeeHsaId', wireName: 'urn:implied', required: false }, { attribute: 'displayName', wireName: 'urn:oid:2.16.840.1.113730.3.1.241', required: false }];
    expect(asked({}, services, { impliedAttributes }).map(({ wireName }) => wireName)).toEqual([EMPLOYEE_HSA_ID, 'urn:oid:1.2.752.29.6.2.1', 'urn:oid:2.16.840.1.113730.3.1.241']);
  });
});

describe('SignMessage [SC-DP §7]', () => {
  const message = (attributes: string): RequestParts => ({ children: `<samlp:Extensions><csig:SignMessage xmlns:csig="${namespaces.csig}" ${attributes}><csig:Message>VGV4dA==</csig:Message></csig:SignMessage></samlp:Extensions>` });
  it('that must be shown is answered with RequestUnsupported: we show none', () => {
    answered('saml.sign-message', message('MustShow="true"'));
  });
  it('that may be left out is, and the person logs in anew: nobody signs by single sign-on', () => {
    expect([accepted({}), accepted(message('')), accepted(message('MustShow="false"'))].map(({ freshLoginRequired }) => freshLoginRequired)).toEqual([false, true, true]);
  });
});

describe('PrincipalSelection [SC-PSC]', () => {
  const select = (...values: readonly (readonly [string, string])[]): RequestParts => ({
    children: `<samlp:Extensions><psc:PrincipalSelection xmlns:psc="${namespaces.psc}">${values.map(([name, value]) => `<psc:MatchValue Name="${name}">${value}</psc:MatchValue>`).join('')}</psc:PrincipalSelection></samlp:Extensions>`,
  });
  it('becomes a preselection by our own ids', () => {
    expect(accepted(select([EMPLOYEE_HSA_ID, 'SE2120001439-A1'], [COMMISSION_PURPOSE, 'Vård'])).preselection).toEqual({ employeeHsaId: 'SE2120001439-A1', commissionPurpose: 'Vård' });
    expect(accepted(select([EMPLOYEE_HSA_ID, 'SE2120001439-A1'], ['urn:oid:1.2.752.29.6.2.1', 'SE2120001439-A1'])).preselection).toEqual({ employeeHsaId: 'SE2120001439-A1' });
  });
  it('what cannot be compared, or contradicts itself, is answered with UnknownPrincipal', () => {
    answered('principal.mismatch', select(['urn:unknown', 'x']));
    answered('principal.mismatch', select([EMPLOYEE_HSA_ID, 'SE2120001439-A1'], ['urn:oid:1.2.752.29.6.2.1', 'SE2120001439-A2']));
  });
});
