/** XSW8: the evil Assertion keeps the Signature, the original stands in ds:Object. */
import { it } from 'vitest';
import { bare, evil, expectOnlyTwin, original, responseText, signature, withInside } from '../fixtures/signed-response.ts';

const object = (inside: string): string => `<ds:Object>${inside}</ds:Object>`;
it.each([
  ['the original in ds:Object', bare],
  ['the original with its Signature in ds:Object', original],
  ['a Manifest in ds:Object', '<ds:Manifest><ds:Reference URI="#_assertion"/></ds:Manifest>'],
  ['an empty ds:Object', ''],
])('B09 XSW8: %s', (_name, inside) => { expectOnlyTwin('signature.shape', responseText({ content: evil({ signature: withInside(signature, object(inside)) }) }), 'assertion'); });
it('B09 XSW8: an Object in the Signature of an Assertion that nobody changed', () => { expectOnlyTwin('signature.shape', responseText({ content: withInside(original, object(evil())) }), 'assertion'); });
it('B09 XSW8: with the ID of the original', () => { expectOnlyTwin('xml.duplicate-id', responseText({ content: evil({ id: '_assertion', signature: withInside(signature, object(bare)) }) }), 'assertion'); });
