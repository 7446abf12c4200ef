/** A signature from other XML of the same key (metadata, LogoutRequest, a refusal), carried over to make a login ("golden SAML response"). */
import { describe, expect, it } from 'vitest';
import { namespaces } from '../../src/saml/names.ts';
import { readXml, verifyEnveloped } from '../../src/saml/xml/index.ts';
import { iso, NOW } from '../fixtures/saml.ts';
import { bare, evil, expectOnlyTwin, responseText, signById, upstreamKey, UPSTREAM } from '../fixtures/signed-response.ts';

const { md, samlp, saml } = namespaces;
const metadata = signById(`<md:EntityDescriptor xmlns:md="${md}" ID="_metadata" entityID="${UPSTREAM}"></md:EntityDescriptor>`, '_metadata', upstreamKey, 'first');
const logout = signById(`<samlp:LogoutRequest xmlns:samlp="${samlp}" ID="_logout" IssueInstant="${iso(NOW)}" Version="2.0"><saml:Issuer xmlns:saml="${saml}">${UPSTREAM}</saml:Issuer></samlp:LogoutRequest>`, '_logout');
const refusal = signById(responseText({ id: '_refusal', content: '' }), '_refusal');
describe.each([['metadata', metadata, '_metadata'], ['a LogoutRequest', logout, '_logout'], ['a refusal', refusal, '_refusal']])('B24: a signature from %s', (_name, carrier, id) => {
  const lifted = /<ds:Signature[ >][^]*<\/ds:Signature>/.exec(carrier)?.[0] ?? '';
  it('is right where it belongs', () => {
    const document = readXml(Buffer.from(carrier), 'message');
    expect(verifyEnveloped(document, [upstreamKey.publicKey], { document, now: NOW }).element).toBe(document);
  });
  it('in an Assertion', () => {
    expectOnlyTwin('signature.reference', responseText({ content: evil({ signature: lifted }) }), 'assertion');
    expectOnlyTwin('signature.digest', responseText({ content: evil({ id, signature: lifted }) }), 'assertion');
  });
  it('in a Response', () => {
    expectOnlyTwin('signature.reference', responseText({ signature: lifted, content: bare }), 'response');
    expectOnlyTwin('signature.digest', responseText({ id, signature: lifted, content: bare }), 'response');
  });
  it('with what it signs inside the Assertion', () => { expectOnlyTwin('signature.missing', responseText({ content: evil({ end: carrier }) }), 'assertion'); });
  it('by itself is no login', () => { expectOnlyTwin('saml.schema', carrier, 'response'); });
});
