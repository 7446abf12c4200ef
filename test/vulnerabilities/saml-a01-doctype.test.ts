import { it } from 'vitest';
import { authnRequest, redirectQuery, testContext, testService, testWire } from '../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendQuery, sendXml } from '../fixtures/saml-endpoint.ts';

const unsigned = testContext(testService({ wire: testWire({ authnRequestsSigned: false }) }));
const request = authnRequest();
it.each([
  ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
  ['an external subset', '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">'],
  ['a public identifier', '<!DOCTYPE a PUBLIC "a" "http://127.0.0.1:1/a.dtd">'],
  ['a parameter entity', '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/">%x;]>'],
  ['a billion laughs', `<!DOCTYPE a [<!ENTITY l0 "ha">${Array.from({ length: 30 }, (_, i) => `<!ENTITY l${i + 1} "&l${i};&l${i};">`).join('')}]>`],
])('A01/A02: a request with %s is refused at both bindings', (_name, doctype) => {
  expectAccepted(sendXml(request, unsigned));
  expectRefused('xml.doctype', () => sendXml(doctype + request, unsigned));
  expectRefused('xml.doctype', () => sendQuery(redirectQuery(doctype + request)));
});
