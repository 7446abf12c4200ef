import { describe, expect, it } from 'vitest';
import { readAuthnRequest } from '../../../src/saml/messages/authn-request.ts';
import { bindings, nameIdFormats, namespaces } from '../../../src/saml/names.ts';
import { readXml } from '../../../src/saml/xml/index.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { ACS_URL, authnRequest, ENTITY_ID, LOA3, NOW, REQUEST_ID, signXml, SSO_URL, type RequestParts } from '../../fixtures/saml.ts';

const read = (xml: string) => readAuthnRequest(readXml(Buffer.from(xml), 'message'));
const readParts = (parts: RequestParts) => read(authnRequest(parts));
const signMessage = (attributes = ''): string => `<csig:SignMessage xmlns:csig="${namespaces.csig}" DisplayEntity="https://sign.example" MimeType="text" ${attributes}><csig:Message>VGV4dA==</csig:Message></csig:SignMessage>`;
const psc = `xmlns:psc="${namespaces.psc}"`;

describe('AuthnRequest: what is read', () => {
  it('gives every field of a plain request', () => {
    expect(read(authnRequest())).toEqual({
      id: REQUEST_ID, version: '2.0', issueInstant: NOW - 1000, destination: SSO_URL, issuer: ENTITY_ID, forceAuthn: false, isPassive: false,
      acsUrl: ACS_URL, acsIndex: null, protocolBinding: bindings.post, attributeConsumingServiceIndex: null, hasSubject: false,
      nameIdPolicy: { format: nameIdFormats.transient, spNameQualifier: null, allowCreate: true },
      requestedAuthnContext: { comparison: 'exact', classRefs: [LOA3], declRefs: [] }, conditions: null, scoping: null, principalSelection: [], signMessage: null,
    });
  });
  it('gives every field of a full request', () => {
    const request = readParts({
      attributes: { ForceAuthn: '1', IsPassive: 'true', AssertionConsumerServiceURL: undefined, ProtocolBinding: undefined, AssertionConsumerServiceIndex: '65535', AttributeConsumingServiceIndex: '0', ProviderName: 'x', Consent: 'urn:x' },
      children: `<samlp:Extensions><psc:PrincipalSelection ${psc}><psc:MatchValue Name="urn:a" NameFormat="urn:f"> 1 </psc:MatchValue></psc:PrincipalSelection><o:Other xmlns:o="urn:other"><o:x/></o:Other></samlp:Extensions>
        <saml:Subject><saml:NameID>x</saml:NameID></saml:Subject><samlp:NameIDPolicy SPNameQualifier="urn:q"/>
        <saml:Conditions NotBefore="2026-06-01T07:00:00Z" NotOnOrAfter="2026-06-01T09:00:00Z"><saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction></saml:Conditions>
        <samlp:RequestedAuthnContext><saml:AuthnContextDeclRef>urn:d</saml:AuthnContextDeclRef></samlp:RequestedAuthnContext>
        <samlp:Scoping ProxyCount="0"><samlp:IDPList><samlp:IDPEntry ProviderID="urn:idp" Name="n" Loc="https://x"/><samlp:GetComplete>https://x</samlp:GetComplete></samlp:IDPList><samlp:RequesterID>urn:app</samlp:RequesterID></samlp:Scoping>`,
    });
    expect(request).toMatchObject({
      forceAuthn: true, isPassive: true, acsUrl: null, acsIndex: 65_535, protocolBinding: null, attributeConsumingServiceIndex: 0, hasSubject: true,
      nameIdPolicy: { format: null, spNameQualifier: 'urn:q', allowCreate: false },
      conditions: { notBefore: NOW - 3_600_000, notOnOrAfter: NOW + 3_600_000 },
      requestedAuthnContext: { comparison: 'exact', classRefs: [], declRefs: ['urn:d'] },
      scoping: { proxyCount: 0, idpList: ['urn:idp'], requesterIds: ['urn:app'] },
      principalSelection: [{ name: 'urn:a', nameFormat: 'urn:f', value: '1' }],
    });
  });
  it.each([['', false], ['MustShow="false"', false], ['MustShow="1"', true], ['MustShow="true"', true]])('notices a text to sign: %s', (attributes, mustShow) => {
    expect(readParts({ children: `<samlp:Extensions>${signMessage(attributes)}</samlp:Extensions>` }).signMessage).toEqual({ mustShow });
  });
  it('takes a signed request and white space between elements', () => {
    expect(read(signXml(authnRequest())).id).toBe(REQUEST_ID);
    expect(readParts({ issuerXml: `\n  <saml:Issuer Format="${nameIdFormats.entity}">\n ${ENTITY_ID}\n</saml:Issuer>\n` }).issuer).toBe(ENTITY_ID);
  });
  it('skips a hint for validators', () => {
    expect(read(authnRequest().replace(' ID=', ` xmlns:xsi="${namespaces.xsi}" xsi:schemaLocation="urn:a b.xsd" ID=`)).id).toBe(REQUEST_ID);
  });
});

const context = (inside: string, attributes = ''): RequestParts => ({ children: `<samlp:RequestedAuthnContext${attributes}>${inside}</samlp:RequestedAuthnContext>` });
const classRef = `<saml:AuthnContextClassRef>${LOA3}</saml:AuthnContextClassRef>`;
const policy = '<samlp:NameIDPolicy/>';
const shapes: readonly (readonly [string, string])[] = [
  ['another root', authnRequest().replaceAll('samlp:AuthnRequest', 'samlp:LogoutRequest')],
  ['the right name in another namespace', authnRequest().replace(namespaces.samlp, 'urn:other')],
  ['SAML 1.1', authnRequest().replace(namespaces.samlp, 'urn:oasis:names:tc:SAML:1.0:protocol')],
  ['no ID', authnRequest({ attributes: { ID: undefined } })],
  ['an ID that is no NCName', authnRequest({ attributes: { ID: '1abc' } })],
  ['an ID that would break out of an attribute', authnRequest({ attributes: { ID: 'x" Evil="1' } })],
  ['an ID with a colon', authnRequest({ attributes: { ID: 'a:b' } })],
  ['an ID of 257 characters', authnRequest({ attributes: { ID: `_${'a'.repeat(256)}` } })],
  ['an empty ID', authnRequest({ attributes: { ID: '' } })],
  ['no Version', authnRequest({ attributes: { Version: undefined } })],
  ['a Version that is no number', authnRequest({ attributes: { Version: 'two' } })],
  ['no IssueInstant', authnRequest({ attributes: { IssueInstant: undefined } })],
  ['an IssueInstant without zone', authnRequest({ attributes: { IssueInstant: '2026-06-01T08:00:00' } })],
  ['an IssueInstant elsewhere', authnRequest({ attributes: { IssueInstant: '2026-06-01T10:00:00+02:00' } })],
  ['an empty Destination', authnRequest({ attributes: { Destination: '' } })],
  ['an unknown attribute', authnRequest({ attributes: { Evil: '1' } })],
  ['an attribute with a prefix', authnRequest({ attributes: { 'xml:lang': 'sv' } })],
  ['ForceAuthn neither true nor false', authnRequest({ attributes: { ForceAuthn: 'TRUE' } })],
  ['IsPassive empty', authnRequest({ attributes: { IsPassive: '' } })],
  ['an index beyond unsignedShort', authnRequest({ attributes: { AssertionConsumerServiceIndex: '65536' } })],
  ['a negative index', authnRequest({ attributes: { AttributeConsumingServiceIndex: '-1' } })],
  ['an address with white space', authnRequest({ attributes: { AssertionConsumerServiceURL: 'https://a.example/ b' } })],
  ['no Issuer', authnRequest({ issuerXml: '' })],
  ['an empty Issuer', authnRequest({ issuerXml: '<saml:Issuer> </saml:Issuer>' })],
  ['two Issuers', authnRequest({ issuerXml: `<saml:Issuer>${ENTITY_ID}</saml:Issuer><saml:Issuer>${ENTITY_ID}</saml:Issuer>` })],
  ['an Issuer with children', authnRequest({ issuerXml: '<saml:Issuer>https://a.example<saml:x/></saml:Issuer>' })],
  ['an Issuer of another format', authnRequest({ issuerXml: `<saml:Issuer Format="${nameIdFormats.emailAddress}">a</saml:Issuer>` })],
  ['an Issuer with qualifier', authnRequest({ issuerXml: '<saml:Issuer NameQualifier="x">a</saml:Issuer>' })],
  ['an Issuer with white space inside', authnRequest({ issuer: 'https://a.example /b' })],
  ['an Issuer of 1025 characters', authnRequest({ issuer: `https://${'a'.repeat(1017)}` })],
  ['Issuer after its followers', authnRequest({ issuerXml: '', children: `${policy}<saml:Issuer>${ENTITY_ID}</saml:Issuer>` })],
  ['text between elements', authnRequest({ children: `evil${policy}` })],
  ['a child that the schema does not have', authnRequest({ children: '<samlp:Evil/>' })],
  ['a known child in another namespace', authnRequest({ children: '<saml:NameIDPolicy/>' })],
  ['children in the wrong order', authnRequest({ children: `<samlp:Scoping/>${policy}` })],
  ['NameIDPolicy twice', authnRequest({ children: policy + policy })],
  ['NameIDPolicy with content', authnRequest({ children: '<samlp:NameIDPolicy>x</samlp:NameIDPolicy>' })],
  ['an assertion inside', authnRequest({ children: '<saml:Assertion/>' })],
  ['two Extensions', authnRequest({ children: '<samlp:Extensions/><samlp:Extensions/>' })],
  ['elements of SAML in Extensions', authnRequest({ children: '<samlp:Extensions><saml:Issuer>x</saml:Issuer></samlp:Extensions>' })],
  ['text in Extensions', authnRequest({ children: '<samlp:Extensions>x</samlp:Extensions>' })],
  ['PrincipalSelection twice', authnRequest({ children: `<samlp:Extensions>${`<psc:PrincipalSelection ${psc}><psc:MatchValue Name="a">1</psc:MatchValue></psc:PrincipalSelection>`.repeat(2)}</samlp:Extensions>` })],
  ['SignMessage twice', authnRequest({ children: `<samlp:Extensions>${signMessage()}${signMessage()}</samlp:Extensions>` })],
  ['a SignMessage that may or may not be shown', authnRequest({ children: `<samlp:Extensions>${signMessage('MustShow="perhaps"')}</samlp:Extensions>` })],
  ['PrincipalSelection without values', authnRequest({ children: `<samlp:Extensions><psc:PrincipalSelection ${psc}/></samlp:Extensions>` })],
  ['a MatchValue without name', authnRequest({ children: `<samlp:Extensions><psc:PrincipalSelection ${psc}><psc:MatchValue>1</psc:MatchValue></psc:PrincipalSelection></samlp:Extensions>` })],
  ['an empty RequestedAuthnContext', authnRequest(context(''))],
  ['class and declaration references mixed', authnRequest(context(`${classRef}<saml:AuthnContextDeclRef>d</saml:AuthnContextDeclRef>`))],
  ['a fifth comparison', authnRequest(context(classRef, ' Comparison="best"'))],
  ['a class reference with an attribute', authnRequest(context('<saml:AuthnContextClassRef a="b">x</saml:AuthnContextClassRef>'))],
  ['an empty class reference', authnRequest(context('<saml:AuthnContextClassRef/>'))],
  ['an empty IDPList', authnRequest({ children: '<samlp:Scoping><samlp:IDPList/></samlp:Scoping>' })],
  ['an IDPEntry without ProviderID', authnRequest({ children: '<samlp:Scoping><samlp:IDPList><samlp:IDPEntry/></samlp:IDPList></samlp:Scoping>' })],
  ['ProxyCount below zero', authnRequest({ children: '<samlp:Scoping ProxyCount="-1"/>' })],
  ['Conditions with a condition of its own', authnRequest({ children: '<saml:Conditions><saml:Condition/></saml:Conditions>' })],
];
describe('AuthnRequest: shapes that are refused (threats A13)', () => {
  it.each(shapes)('refuses %s', (_name, xml) => {
    expect(read(authnRequest()).id).toBe(REQUEST_ID);
    refusedWith('saml.schema', () => read(xml));
  });
});
