/** XSW2: as XSW1, the original stands in front of the Signature or behind it. */
import { it } from 'vitest';
import { evil, expectOnlyTwin, responseSignature, responseText } from '../fixtures/signed-response.ts';

it.each([['in front of', `${responseText()}${responseSignature}`], ['behind', `${responseSignature}${responseText()}`]])('B03 XSW2: the original %s the Signature', (_name, kept) => {
  expectOnlyTwin('signature.reference', responseText({ id: '_evil-response', signature: kept, content: evil() }), 'response');
});
