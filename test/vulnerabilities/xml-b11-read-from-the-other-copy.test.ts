/** The signature is checked and the content is read somewhere else (CVE-2025-54419, CVE-2025-47949, CVE-2022-39299). */
import { expect, it } from 'vitest';
import { readXml, verifyEnveloped } from '../../src/saml/xml/index.ts';
import { NOW } from '../fixtures/saml.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { assertionSigned, bothSigned, expectOnlyTwin, responseText, signById, evil, upstreamKey } from '../fixtures/signed-response.ts';

it('B11: an element of another document is not verified for this one', () => {
  const mine = readXml(Buffer.from(bothSigned), 'message');
  const other = readXml(Buffer.from(bothSigned), 'message');
  expect(verifyEnveloped(mine, [upstreamKey.publicKey], { document: mine, now: NOW }).element).toBe(mine);
  refusedWith('signature.reference', () => verifyEnveloped(mine, [upstreamKey.publicKey], { document: other, now: NOW }));
});
it('A06 (CVE-2022-39353): a second document behind the first', () => {
  expectOnlyTwin('xml.multiple-roots', assertionSigned + responseText({ content: evil() }), 'assertion');
  expectOnlyTwin('xml.multiple-roots', responseText({ content: evil() }) + assertionSigned, 'assertion');
});
it('B01: a Response that is signed is not an Assertion that is', () => { expectOnlyTwin('signature.missing', signById(responseText(), '_response'), 'both'); });
it('B01: an Assertion that is signed is not a Response that is', () => { expectOnlyTwin('signature.missing', assertionSigned, 'both'); });
