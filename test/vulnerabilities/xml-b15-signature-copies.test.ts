/** A second copy of the Signature, which the enveloped transform of others takes away with all that is in it (xml-crypto before 6.3). */
import { it } from 'vitest';
import { evil, expectOnlyTwin, original, responseText, signature, withInside } from '../fixtures/signed-response.ts';

const carrying = withInside(signature, `<ds:Object>${evil()}</ds:Object>`);
it.each([
  ['beside it', original.replace(signature, signature + signature)],
  ['beside it, with an Object', original.replace(signature, signature + carrying)],
  ['in front, with an Object', original.replace(signature, carrying + signature)],
])('B15: a copy %s', (_name, content) => { expectOnlyTwin('signature.shape', responseText({ content }), 'assertion'); });
it('B15: a copy deeper in the signed element is signed content', () => {
  for (const copy of [signature, carrying]) expectOnlyTwin('signature.digest', responseText({ content: original.replace('</saml:Subject>', `${copy}</saml:Subject>`) }), 'assertion');
});
