/** What the rows about XML work on: the same message for us and for every peer. */
import { AUDIENCE } from '../test/fixtures/response-pieces.ts';
import { ACS_URL, authnRequest, IDP_ENTITY_ID, NOW, signXml, testKey } from '../test/fixtures/saml.ts';
import { assertionNode } from '../src/saml/messages/assertion.ts';
import { writeSuccess } from '../src/saml/messages/response.ts';
import { nameIdFormats } from '../src/saml/names.ts';
import { signerFor, type XmlNode } from '../src/saml/xml/index.ts';

export const idpKey = testKey('bench-idp');
export const serviceKey = testKey('bench-service');
const signer = signerFor(idpKey.privateKey, idpKey.certificate);

/** 25 attributes, every fifth with what must be escaped: about 10 KB with one signature and its certificate. */
const ATTRIBUTES = Array.from({ length: 25 }, (_none, at) => ({ name: `urn:oid:1.2.752.29.4.${String(at)}`, friendlyName: `attribute${String(at)}`, values: [`Vårdenhet ${String(at)} ${at % 5 === 0 ? '& Räksmörgås <avdelning>' : 'och Räksmörgås avdelning'} ${'Sjukhuset i Ale '.repeat(3)}`] }));
const head = { id: '_bench-response', issueInstant: NOW, issuer: IDP_ENTITY_ID, destination: ACS_URL, inResponseTo: '_bench-request' };
const assertion = (): XmlNode => assertionNode({
  id: '_bench-assertion', issueInstant: NOW, issuer: IDP_ENTITY_ID, nameId: { value: 'AAdzZWNyZXQx', format: nameIdFormats.transient, nameQualifier: null, spNameQualifier: null }, audience: AUDIENCE, inResponseTo: '_bench-request', recipient: ACS_URL,
  notBefore: NOW, notOnOrAfter: NOW + 300_000, authnInstant: NOW, sessionIndex: 'session', sessionNotOnOrAfter: NOW + 3_600_000, authnContextClassRef: 'http://id.sambi.se/loa/loa3', authenticatingAuthorities: [], attributes: ATTRIBUTES,
});
/** From the content to the text, the assertion signed. */
export const buildAndSign = (): Promise<string> => writeSuccess(head, assertion(), { signAssertion: signer, encryptFor: null, signResponse: null });
export const unsignedResponse = (): Promise<string> => writeSuccess(head, assertion(), { signAssertion: null, encryptFor: null, signResponse: null });
export const signedRequest = signXml(authnRequest(), serviceKey);
