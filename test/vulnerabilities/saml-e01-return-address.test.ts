import { it } from 'vitest';
import { ACS_URL, authnRequest, redirectQuery, signXml, testContext, testService, testWire } from '../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendQuery, sendXml } from '../fixtures/saml-endpoint.ts';

/** Also a service whose requests need no signature cannot be used to send an answer elsewhere. */
const unsigned = testContext(testService({ wire: testWire({ authnRequestsSigned: false }) }));
it.each([
  'https://evil.example/acs', `${ACS_URL}@evil.example`, `${ACS_URL}.evil.example`, ACS_URL.replace('journal.', 'journal.evil.'), `${ACS_URL}/../../evil`, `${ACS_URL}?next=https://evil.example`,
  `${ACS_URL}#`, `//${new URL(ACS_URL).host}/saml/acs`, `${ACS_URL}%00`, ACS_URL.replace('https', 'HTTPS'), ACS_URL.replace('/saml/', '\\saml\\'), `javascript:alert(1)//${ACS_URL}`,
])('E01: the address %s is refused, signed or not', (url) => {
  const request = (address: string) => authnRequest({ attributes: { AssertionConsumerServiceURL: address } });
  expectAccepted(sendQuery(redirectQuery(request(ACS_URL))));
  expectAccepted(sendXml(request(ACS_URL), unsigned));
  expectRefused('saml.return-address', () => sendQuery(redirectQuery(request(url))));
  expectRefused('saml.return-address', () => sendXml(signXml(request(url))));
  expectRefused('saml.return-address', () => sendXml(request(url), unsigned));
});
