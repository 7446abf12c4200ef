/** XSW6: as XSW5, the original stands inside the Signature of the evil Assertion. */
import { it } from 'vitest';
import { bare, evil, expectOnlyTwin, responseText, signature, withInside } from '../fixtures/signed-response.ts';

it('B07 XSW6: the original inside the Signature', () => { expectOnlyTwin('signature.shape', responseText({ content: evil({ signature: withInside(signature, bare) }) }), 'assertion'); });
it('B07 XSW6: with the ID of the original', () => { expectOnlyTwin('xml.duplicate-id', responseText({ content: evil({ id: '_assertion', signature: withInside(signature, bare) }) }), 'assertion'); });
it('B07 XSW6: the original inside SignatureValue', () => { expectOnlyTwin('signature.shape', responseText({ content: evil({ signature: signature.replace('</ds:SignatureValue>', `${bare}</ds:SignatureValue>`) }) }), 'assertion'); });
