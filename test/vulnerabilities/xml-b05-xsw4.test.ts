/** XSW4: an evil Assertion around the signed one. */
import { it } from 'vitest';
import { evil, expectOnlyTwin, original, responseText } from '../fixtures/signed-response.ts';

it('B05 XSW4: the signed Assertion as a child of the evil one', () => { expectOnlyTwin('signature.missing', responseText({ content: evil({ end: original }) }), 'assertion'); });
it('B05 XSW4: the evil one as a child of the signed one', () => { expectOnlyTwin('signature.digest', responseText({ content: original.replace('</saml:Assertion>', `${evil()}</saml:Assertion>`) }), 'assertion'); });
