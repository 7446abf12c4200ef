import { expect, it } from 'vitest';
import { publishMetadata } from '../../../src/protocols/saml-idp/metadata.ts';
import { idpDescription } from '../../fixtures/saml-metadata.ts';
import { signerOf } from '../../fixtures/saml-answers.ts';
import { testKey } from '../../fixtures/saml.ts';

it('the same description and RSA key give the same bytes, so that a checksum can be read over the phone', async () => {
  const [first, second] = await Promise.all([publishMetadata(idpDescription, signerOf(testKey('metadata'))), publishMetadata({ ...idpDescription }, signerOf(testKey('metadata')))]);
  expect(second.bytes.equals(first.bytes)).toBe(true);
  expect(first.bytes.toString()).not.toMatch(/validUntil|cacheDuration/);
});
