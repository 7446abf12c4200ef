/** Whatever comes in, only our own coded errors come out, and what is accepted was really asked for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrygganError } from '../../../src/core/errors.ts';
import { acceptAuthnRequest } from '../../../src/protocols/saml-idp/accept.ts';
import { formFields, readPost } from '../../../src/saml/bindings/post.ts';
import { readRedirect } from '../../../src/saml/bindings/redirect.ts';
import { readLogoutRequest, readLogoutResponse } from '../../../src/saml/messages/logout.ts';
import { readServiceMetadata } from '../../../src/saml/metadata/read-service.ts';
import { readXml } from '../../../src/saml/xml/index.ts';
import { ACS_URL, authnRequest, base64, postFields, redirectQuery, serviceMetadata, testContext, testService, testWire } from '../../fixtures/saml.ts';

const RUNS = { numRuns: 250 };
/** Result, or the code of a refusal; anything else that is thrown fails the property. */
const tried = <T>(action: () => T): { ok: true; value: T } | { ok: false; code: string } => {
  try {
    return { ok: true, value: action() };
  } catch (error) {
    if (error instanceof BrygganError && error.code !== 'internal') return { ok: false, code: error.code };
    throw error;
  }
};
/** One to three cuts, doublings, swaps or insertions in a good text. */
const mutated = (good: string): fc.Arbitrary<string> =>
  fc.array(fc.record({ at: fc.nat(good.length), length: fc.nat(40), insert: fc.oneof(fc.constant(''), fc.string({ maxLength: 8 }), fc.constantFrom('<', '>', '"', '&amp;', '&#0;', '<!--x-->', '<?x?>', 'xmlns:a="urn:a"', '<saml:Issuer>x</saml:Issuer>', 'SAMLRequest=x&', '%00', '&&')), twice: fc.boolean() }), { minLength: 1, maxLength: 3 })
    .map((edits) => edits.reduce((text, { at, length, insert, twice }) => text.slice(0, at) + (twice ? text.slice(at, at + length) : '') + insert + text.slice(twice ? at : at + length), good));

const unsigned = testContext(testService({ wire: testWire({ authnRequestsSigned: false }) }));
const request = authnRequest();
describe('properties of the SAML readers', () => {
  it('a mutated request, unsigned: refused with a code, or accepted with an address of the metadata', () => {
    fc.assert(fc.property(mutated(request), (xml) => {
      const result = tried(() => acceptAuthnRequest({ binding: 'post', fields: { SAMLRequest: base64(xml) } }, unsigned));
      if (!result.ok) return;
      const { outcome } = result.value;
      expect((outcome.ok ? outcome.request.slip : outcome.slip).returnAddress.url).toBe(ACS_URL);
    }), RUNS);
  });
  const signed = Buffer.from(postFields()['SAMLRequest'] ?? '', 'base64').toString();
  it('a mutated signed request by POST: accepted only when it says the same', () => {
    const good = acceptAuthnRequest({ binding: 'post', fields: { SAMLRequest: base64(signed) } }, testContext());
    fc.assert(fc.property(mutated(signed), (xml) => {
      const result = tried(() => acceptAuthnRequest({ binding: 'post', fields: { SAMLRequest: base64(xml) } }, testContext()));
      if (result.ok) expect(result.value).toEqual(good);
    }), RUNS);
  });
  const query = redirectQuery(request, { relayState: 'ctx' });
  it('a mutated signed query: accepted only when it says the same', () => {
    const good = acceptAuthnRequest({ binding: 'redirect', rawQuery: query }, testContext());
    fc.assert(fc.property(mutated(query), (rawQuery) => {
      const result = tried(() => acceptAuthnRequest({ binding: 'redirect', rawQuery }, testContext()));
      if (result.ok) expect(result.value).toEqual(good);
    }), RUNS);
  });
  it('any text at all is refused with a code', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      tried(() => readRedirect(text));
      tried(() => readPost({ fields: formFields(text), rawQuery: text }));
      tried(() => readPost({ fields: { SAMLRequest: text, RelayState: text } }));
      tried(() => readServiceMetadata(Buffer.from(text), 'a.xml'));
    }), RUNS);
  });
  it('mutated metadata: a service, or a fault with the file in it', () => {
    const good = serviceMetadata();
    fc.assert(fc.property(mutated(good), (text) => {
      const result = tried(() => readServiceMetadata(Buffer.from(text), 'a.xml'));
      if (!result.ok) expect(result.code).toBe('saml.metadata');
    }), RUNS);
  });
  it('mutated logout messages', () => {
    const logout = request.replaceAll('AuthnRequest', 'LogoutRequest').replace(/<samlp:NameIDPolicy.*<\/samlp:RequestedAuthnContext>/, '<saml:NameID>x</saml:NameID>');
    fc.assert(fc.property(mutated(logout), (xml) => {
      tried(() => readLogoutRequest(readXml(Buffer.from(xml), 'message')));
      tried(() => readLogoutResponse(readXml(Buffer.from(xml), 'message')));
    }), RUNS);
  });
});
