import { it } from 'vitest';
import { postFields } from '../../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendForm } from '../../fixtures/saml-endpoint.ts';

const { SAMLRequest: encoded = '' } = postFields();
const form = (SAMLRequest: string) => new URLSearchParams({ SAMLRequest }).toString();
it('base64 may be broken into lines, and has no other stranger in it', () => {
  expectAccepted(sendForm(form(encoded)));
  expectAccepted(sendForm(form(encoded.replace(/.{76}/g, '$&\r\n'))));
  expectRefused('binding.encoding', () => sendForm(form(encoded.replace(/.{76}/g, '$& '))));
  expectRefused('binding.encoding', () => sendForm(form(`${encoded.slice(0, -4)}====`)));
});
