import { deflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { redirectQuery } from '../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendQuery } from '../fixtures/saml-endpoint.ts';

it('A03 (CVE-2025-25293): a 1000:1 bomb is stopped at the cap, before its signature is looked at', () => {
  expectAccepted(sendQuery(redirectQuery()));
  const bomb = deflateRawSync(Buffer.alloc(20_000_000, 0x20), { level: 9 });
  const before = process.memoryUsage();
  expectRefused('binding.too-large', () => sendQuery(`SAMLRequest=${encodeURIComponent(bomb.toString('base64'))}&SigAlg=x&Signature=eA%3D%3D`));
  const after = process.memoryUsage();
  expect(after.arrayBuffers + after.external - before.arrayBuffers - before.external).toBeLessThan(20_000_000);
});
