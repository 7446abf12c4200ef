/** XSW3: an unsigned evil Assertion beside the signed one (also CVE-2026-25922: injected in front of the one that is signed). */
import { it } from 'vitest';
import { evil, expectOnlyTwin, original, responseText } from '../fixtures/signed-response.ts';

it.each([['in front of', evil() + original], ['behind', original + evil()]])('B04 XSW3: the evil Assertion %s the signed one', (_name, content) => {
  expectOnlyTwin('saml.schema', responseText({ content }), 'assertion');
});
it('B04 XSW3: nor under a Response that was signed with one Assertion', () => { expectOnlyTwin('signature.missing', responseText({ content: evil() + original }), 'both'); });
