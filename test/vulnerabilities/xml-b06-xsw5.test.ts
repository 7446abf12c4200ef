/** XSW5: the evil Assertion keeps the Signature, the original without it stands at the end. */
import { it } from 'vitest';
import { bare, evil, expectOnlyTwin, responseText, signature } from '../fixtures/signed-response.ts';

it('B06 XSW5: the original at the end', () => { expectOnlyTwin('saml.schema', responseText({ content: evil({ signature }) + bare }), 'assertion'); });
it('B06 XSW5: the original where no reader of Assertions looks', () => {
  expectOnlyTwin('signature.reference', responseText({ extensions: bare, content: evil({ signature }) }), 'assertion');
  expectOnlyTwin('xml.duplicate-id', responseText({ extensions: bare, content: evil({ id: '_assertion', signature }) }), 'assertion');
});
