import { it } from 'vitest';
import { authnRequest, postFields, redirectQuery, testContext, testKey, testService, testWire } from '../../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendForm, sendQuery } from '../../fixtures/saml-endpoint.ts';

const optional = testContext(testService({ wire: testWire({ authnRequestsSigned: false }) }));
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
it('Redirect and POST are both understood', () => {
  expectAccepted(sendQuery(redirectQuery()));
  expectAccepted(sendForm(form(postFields())));
});
it('unsigned is refused from a service that says AuthnRequestsSigned', () => {
  expectAccepted(sendQuery(redirectQuery(authnRequest(), { key: null }), optional));
  expectRefused('saml.unsigned', () => sendQuery(redirectQuery(authnRequest(), { key: null })));
});
it('a bad signature is an error also where none was needed', () => {
  expectRefused('signature.invalid', () => sendQuery(redirectQuery(authnRequest(), { key: testKey('stranger') }), optional));
  expectRefused('signature.invalid', () => sendForm(form(postFields(authnRequest(), { key: testKey('stranger') })), optional));
});
