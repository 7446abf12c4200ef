import { expect, it } from 'vitest';
import { readServiceMetadata } from '../../../src/saml/metadata/read-service.ts';
import { certificateFor, keyDescriptor, peerKey, redirectQuery, serviceMetadata, testContext, testKey, testService, testWire } from '../../fixtures/saml.ts';
import { expectAccepted, sendQuery } from '../../fixtures/saml-endpoint.ts';

it('an expired certificate is not refused: the key in it is used', () => {
  const expired = certificateFor(testKey().privateKey, 'expired', [2001, 2002]);
  const { wire } = readServiceMetadata(Buffer.from(serviceMetadata({ keys: keyDescriptor(expired, 'signing') })), 'a.xml');
  expect(wire.signingKeys[0]?.notAfter).toBeLessThan(Date.UTC(2003, 0, 1));
  expectAccepted(sendQuery(redirectQuery(), testContext(testService({ wire: testWire({ signingKeys: wire.signingKeys }) }))));
});
it('any published signing key may have signed', () => {
  expectAccepted(sendQuery(redirectQuery(), testContext(testService({ wire: testWire({ signingKeys: [peerKey(testKey('new')), peerKey(testKey('newer', 'ec')), peerKey(testKey())] }) }))));
});
