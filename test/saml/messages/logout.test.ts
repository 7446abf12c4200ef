import { describe, expect, it } from 'vitest';
import { logoutRequestNode, logoutResponseNode, readLogoutRequest, readLogoutResponse } from '../../../src/saml/messages/logout.ts';
import { nameIdFormats, namespaces, statuses } from '../../../src/saml/names.ts';
import { readXml, writeXml } from '../../../src/saml/xml/index.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { ENTITY_ID, IDP_ENTITY_ID, iso, NOW } from '../../fixtures/saml.ts';

const tree = (xml: string) => readXml(Buffer.from(xml), 'message');
const SLO = 'https://journal.example.se/slo';
const nameId = { value: '_abc', format: nameIdFormats.persistent, nameQualifier: IDP_ENTITY_ID, spNameQualifier: ENTITY_ID };
const request = writeXml(logoutRequestNode({ id: '_r', issueInstant: NOW, issuer: IDP_ENTITY_ID, destination: SLO, nameId, sessionIndexes: ['a', 'b'], notOnOrAfter: NOW + 1000, reason: 'urn:oasis:names:tc:SAML:2.0:logout:user' }));
const response = writeXml(logoutResponseNode({ id: '_s', issueInstant: NOW, issuer: IDP_ENTITY_ID, destination: SLO, inResponseTo: '_r', status: { top: statuses.success, second: statuses.partialLogout, message: 'two of three' } }));

describe('LogoutRequest', () => {
  it('is read as it was written', () => {
    expect(readLogoutRequest(tree(request))).toEqual({ id: '_r', version: '2.0', issueInstant: NOW, destination: SLO, issuer: IDP_ENTITY_ID, notOnOrAfter: NOW + 1000, reason: 'urn:oasis:names:tc:SAML:2.0:logout:user', nameId, sessionIndexes: ['a', 'b'], asynchronous: false });
  });
  it('says whether its sender waits for an answer', () => {
    const left = request.replace('<saml:NameID ', '<samlp:Extensions><a:Asynchronous xmlns:a="urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo"></a:Asynchronous></samlp:Extensions><saml:NameID ');
    expect([readLogoutRequest(tree(left)).asynchronous, readLogoutRequest(tree(left.replaceAll('ext:async-slo', 'ext:other'))).asynchronous]).toEqual([true, false]);
  });
  it('may leave out what the schema lets it', () => {
    const bare = `<samlp:LogoutRequest xmlns:samlp="${namespaces.samlp}" xmlns:saml="${namespaces.saml}" ID="_r" Version="2.0" IssueInstant="${iso(NOW)}"><saml:Issuer>urn:a</saml:Issuer><saml:NameID>x</saml:NameID></samlp:LogoutRequest>`;
    expect(readLogoutRequest(tree(bare))).toMatchObject({ destination: null, notOnOrAfter: null, reason: null, nameId: { value: 'x', format: nameIdFormats.unspecified, nameQualifier: null }, sessionIndexes: [] });
  });
  it.each([
    ['no NameID', request.replace(/<saml:NameID.*<\/saml:NameID>/, '')],
    ['two NameIDs', request.replace(/<saml:NameID.*<\/saml:NameID>/, '$&$&')],
    ['an empty NameID', request.replace('>_abc<', '><')],
    ['a child in NameID', request.replace('>_abc<', '>_abc<saml:x></saml:x><')],
    ['an unknown attribute of NameID', request.replace('<saml:NameID ', '<saml:NameID Evil="1" ')],
    ['an encrypted NameID', request.replace(/<saml:NameID.*<\/saml:NameID>/, `<saml:EncryptedID xmlns:saml="${namespaces.saml}"></saml:EncryptedID>`)],
    ['no Issuer', request.replace(/<saml:Issuer.*<\/saml:Issuer>/, '')],
    ['SessionIndex in front of NameID', request.replace(/(<saml:NameID.*<\/saml:NameID>)(<samlp:SessionIndex>a<\/samlp:SessionIndex>)/, '$2$1')],
    ['an empty SessionIndex', request.replace('<samlp:SessionIndex>a<', '<samlp:SessionIndex><')],
    ['NotOnOrAfter that is no time', request.replace(/NotOnOrAfter="[^"]*"/, 'NotOnOrAfter="later"')],
    ['a LogoutResponse', response],
  ])('refuses %s', (_name, xml) => {
    expect(xml).not.toBe(request);
    refusedWith('saml.schema', () => readLogoutRequest(tree(xml)));
  });
});

describe('LogoutResponse', () => {
  it('is read as it was written', () => {
    expect(readLogoutResponse(tree(response))).toEqual({ id: '_s', version: '2.0', issueInstant: NOW, destination: SLO, issuer: IDP_ENTITY_ID, inResponseTo: '_r', status: { top: statuses.success, second: statuses.partialLogout, message: 'two of three' } });
  });
  it('keeps two levels of status, and skips details', () => {
    const code = (value: string, inside = '') => `<samlp:StatusCode Value="${value}">${inside}</samlp:StatusCode>`;
    const deepStatus = response.replace(/<samlp:Status>.*<\/samlp:Status>/, `<samlp:Status>${code('urn:1', code('urn:2', code('urn:3')))}<samlp:StatusDetail><x xmlns="urn:x"></x></samlp:StatusDetail></samlp:Status>`);
    expect(readLogoutResponse(tree(deepStatus)).status).toEqual({ top: 'urn:1', second: 'urn:2', message: null });
  });
  it.each([
    ['no Status', response.replace(/<samlp:Status>.*<\/samlp:Status>/, '')],
    ['no StatusCode', response.replace(/<samlp:StatusCode.*<\/samlp:StatusCode>/, '')],
    ['two StatusCodes', response.replace(/<samlp:StatusCode.*<\/samlp:StatusCode>/, '$&$&')],
    ['a StatusCode without Value', response.replace(` Value="${statuses.success}"`, '')],
    ['an empty Value', response.replace(`Value="${statuses.success}"`, 'Value=""')],
    ['an assertion', response.replace('</samlp:LogoutResponse>', `<saml:Assertion xmlns:saml="${namespaces.saml}"></saml:Assertion></samlp:LogoutResponse>`)],
    ['InResponseTo that is no NCName', response.replace('InResponseTo="_r"', 'InResponseTo="1"')],
    ['a LogoutRequest', request],
  ])('refuses %s', (_name, xml) => {
    expect(xml).not.toBe(response);
    refusedWith('saml.schema', () => readLogoutResponse(tree(xml)));
  });
});
