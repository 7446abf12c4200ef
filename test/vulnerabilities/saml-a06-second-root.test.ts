import { it } from 'vitest';
import { authnRequest, redirectQuery, signXml } from '../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendQuery, sendXml } from '../fixtures/saml-endpoint.ts';

const signed = signXml(authnRequest());
const evil = authnRequest({ attributes: { ID: '_evil', ForceAuthn: 'false' } });
it.each([['an element', '<x/>'], ['text', 'x'], ['a second request', evil]])('A06 (CVE-2022-39353, CVE-2022-39299): %s beside the root is refused', (_name, extra) => {
  expectAccepted(sendXml(signed));
  expectRefused('xml.multiple-roots', () => sendXml(signed + extra));
  expectRefused('xml.multiple-roots', () => sendQuery(redirectQuery(authnRequest() + extra)));
});
it('A06: a request in front of the signed one is refused', () => {
  expectRefused('xml.multiple-roots', () => sendXml(evil + signed));
});
