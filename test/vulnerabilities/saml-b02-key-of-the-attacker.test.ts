import { it } from 'vitest';
import { toEntityId, toServiceId } from '../../src/core/ids.ts';
import { authnRequest, peerKey, postFields, redirectQuery, signXml, testContext, testKey, testRegistry, testService, testWire } from '../fixtures/saml.ts';
import { idpKey } from '../fixtures/saml-answers.ts';
import { expectAccepted, expectRefused, sendForm, sendQuery, sendXml } from '../fixtures/saml-endpoint.ts';

const attacker = testKey('attacker');
it('a key in KeyInfo is never used: keys come from metadata', () => {
  expectAccepted(sendXml(signXml(authnRequest())));
  const keyInfo = `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${attacker.certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`;
  expectRefused('signature.invalid', () => sendXml(signXml(authnRequest(), attacker).replace('</ds:Signature>', keyInfo)));
});
it('the key of another service does not speak for this one (threats F08)', () => {
  const other = testService({ id: toServiceId('ale/other'), wire: testWire({ entityId: toEntityId('https://other.example/'), signingKeys: [peerKey(testKey('other'))] }) });
  const context = testContext(testService(), { registry: testRegistry([testService(), other]) });
  expectAccepted(sendQuery(redirectQuery(authnRequest({ issuer: 'https://other.example/' }), { key: testKey('other') }), context));
  expectRefused('signature.invalid', () => sendQuery(redirectQuery(authnRequest(), { key: testKey('other') }), context));
});
it('a key for encryption does not sign (threats F08)', () => {
  const context = testContext(testService({ wire: testWire({ encryptionKeys: [{ ...peerKey(testKey('reads')), methods: [], digests: [] }] }) }));
  expectAccepted(sendQuery(redirectQuery(), context));
  expectRefused('signature.invalid', () => sendQuery(redirectQuery(authnRequest(), { key: testKey('reads') }), context));
});
it('our own key does not speak for a service', () => {
  expectRefused('signature.invalid', () => sendForm(new URLSearchParams(postFields(authnRequest(), { key: idpKey })).toString()));
});
