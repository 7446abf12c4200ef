/** XSW7: a copy of the Assertion in Extensions, whose schema lets anything in. */
import { expect, it } from 'vitest';
import { evil, expectOnlyTwin, original, personIn, PERSON, responseText } from '../fixtures/signed-response.ts';

it('B08 XSW7: an evil Assertion with the ID of the signed one', () => { expectOnlyTwin('xml.duplicate-id', responseText({ extensions: evil({ id: '_assertion' }), content: original }), 'assertion'); });
it('B08 XSW7: the signed Assertion in Extensions, the evil one in its place', () => { expectOnlyTwin('signature.missing', responseText({ extensions: original, content: evil() }), 'assertion'); });
it('B08 XSW7: the signed Assertion in Extensions, none in its place', () => { expectOnlyTwin('saml.schema', responseText({ extensions: original, content: '' }), 'assertion'); });
it('B08 XSW7: an evil Assertion in Extensions is read by nobody', () => {
  const broken = responseText({ extensions: evil(), content: original });
  expect(personIn(broken, 'assertion')).toBe(PERSON);
  expectOnlyTwin('signature.missing', broken, 'both');
});
