/** XSW1 (Somorovsky et al., "On Breaking SAML", 2012): an evil Response keeps the Signature, the original stands inside the Signature. */
import { it } from 'vitest';
import { evil, expectOnlyTwin, responseSignature, responseText, withInside } from '../fixtures/signed-response.ts';

const original = responseText();
it.each([
  ['directly in it', withInside(responseSignature, original)],
  ['in ds:Object', withInside(responseSignature, `<ds:Object>${original}</ds:Object>`)],
  ['in KeyInfo', responseSignature.replace('</ds:SignatureValue>', `</ds:SignatureValue><ds:KeyInfo>${original}</ds:KeyInfo>`)],
])('B02 XSW1: the original %s', (name, kept) => {
  expectOnlyTwin(name === 'in KeyInfo' ? 'signature.reference' : 'signature.shape', responseText({ id: '_evil-response', signature: kept, content: evil() }), 'response');
});
it('B02 XSW1: evil and original with the same ID', () => { expectOnlyTwin('xml.duplicate-id', responseText({ signature: withInside(responseSignature, original), content: evil() }), 'response'); });
