import { it } from 'vitest';
import { postFields, redirectQuery } from '../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendForm, sendQuery } from '../fixtures/saml-endpoint.ts';

it('A04 (CVE-2025-54572): the length is looked at before anything is decoded', () => {
  expectAccepted(sendForm(new URLSearchParams(postFields()).toString()));
  expectRefused('binding.too-large', () => sendForm(`SAMLRequest=${'A!'.repeat(10_000_000)}`));
  expectRefused('binding.too-large', () => sendForm(`SAMLRequest=${'A!'.repeat(300_000)}`));
  expectAccepted(sendQuery(redirectQuery()));
  expectRefused('binding.too-large', () => sendQuery(`SAMLRequest=${'A!'.repeat(10_000_000)}`));
});
