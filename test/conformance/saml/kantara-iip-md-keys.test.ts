import { expect, it } from 'vitest';
import { readServiceMetadata } from '../../../src/saml/metadata/read-service.ts';
import { keyDescriptor, serviceMetadata, testKey } from '../../fixtures/saml.ts';

it('several keys, and a key without use that serves both', () => {
  const keys = [keyDescriptor(testKey().certificate), keyDescriptor(testKey('b').certificate, 'signing'), keyDescriptor(testKey('c').certificate, 'encryption')].join('');
  const { wire } = readServiceMetadata(Buffer.from(serviceMetadata({ keys })), 'a.xml');
  expect(wire.signingKeys.map(({ certificate }) => certificate)).toEqual([testKey().certificate, testKey('b').certificate]);
  expect(wire.encryptionKeys.map(({ certificate }) => certificate)).toEqual([testKey().certificate, testKey('c').certificate]);
});
