import { it } from 'vitest';
import { authnRequest, ENTITY_ID, LOA3, signXml } from '../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendXml } from '../fixtures/saml-endpoint.ts';

/** Canonicalisation drops comments, so these signatures hold; what reads only the first text node is fooled (CVE-2017-11427 and its family). */
const inside = (text: string, mark: string) => `>${text.slice(0, 12)}${mark}${text.slice(12)}<`;
it.each([['Issuer', ENTITY_ID], ['AuthnContextClassRef', LOA3]])('A07-A09: comment, processing instruction or CDATA in %s is refused', (_name, text) => {
  const signed = signXml(authnRequest());
  expectAccepted(sendXml(signed));
  expectRefused('xml.comment', () => sendXml(signed.replace(`>${text}<`, inside(text, '<!-- -->'))));
  expectRefused('xml.processing-instruction', () => sendXml(signed.replace(`>${text}<`, inside(text, '<?x y?>'))));
  expectRefused('xml.cdata', () => sendXml(signed.replace(`>${text}<`, inside(text, '<![CDATA[]]>'))));
});
