import { expect, it } from 'vitest';
import { algorithms } from '../../../src/saml/names.ts';
import { authnRequest, peerKey, redirectQuery, signXml, testContext, testKey, testService, testWire } from '../../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendQuery } from '../../fixtures/saml-endpoint.ts';

it('covers SAMLRequest, RelayState and SigAlg as they were encoded', () => {
  const lower = (text: string) => encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
  expectAccepted(sendQuery(redirectQuery(authnRequest(), { relayState: 'a/b', encode: lower })));
  expectRefused('signature.invalid', () => sendQuery(redirectQuery(authnRequest(), { relayState: 'a/b', encode: lower }).replace('a%2fb', 'a%2Fb')));
});
it('leaves no signature inside the message', () => {
  expectRefused('signature.shape', () => sendQuery(redirectQuery(signXml(authnRequest()))));
});
it.each([algorithms.rsaSha256, algorithms.rsaSha384, algorithms.rsaSha512])('%s is understood', (algorithm) => {
  expectAccepted(sendQuery(redirectQuery(authnRequest(), { algorithm })));
});
it('ecdsa-sha256 is understood', () => {
  const key = testKey('ec service', 'ec');
  const context = testContext(testService({ wire: testWire({ signingKeys: [peerKey(key)] }) }));
  expect(sendQuery(redirectQuery(authnRequest(), { key, algorithm: algorithms.ecdsaSha256 }), context).outcome.ok).toBe(true);
});
