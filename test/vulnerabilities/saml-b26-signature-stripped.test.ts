import { it } from 'vitest';
import { authnRequest, postFields, redirectQuery, signXml } from '../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendForm, sendQuery, sendXml } from '../fixtures/saml-endpoint.ts';

it('B26: a signed request without its signature is refused when metadata says signed', () => {
  const good = redirectQuery();
  expectAccepted(sendQuery(good));
  expectRefused('saml.unsigned', () => sendQuery(good.split('&').filter((part) => part.startsWith('SAMLRequest')).join('&')));
  expectRefused('binding.parameter', () => sendQuery(good.split('&').filter((part) => !part.startsWith('Signature')).join('&')));
  expectRefused('binding.parameter', () => sendQuery(good.split('&').filter((part) => !part.startsWith('SigAlg')).join('&')));
});
it('B26: the same by HTTP-POST', () => {
  const signed = signXml(authnRequest());
  expectAccepted(sendXml(signed));
  expectRefused('saml.unsigned', () => sendXml(signed.replace(/<ds:Signature[^]*<\/ds:Signature>/, '')));
  expectRefused('signature.shape', () => sendXml(signed.replace(/<ds:SignatureValue[^]*<\/ds:SignatureValue>/, '')));
  expectRefused('signature.shape', () => sendXml(signed.replace(/<ds:SignatureValue>[^]*<\/ds:SignatureValue>/, '<ds:SignatureValue></ds:SignatureValue>')));
});
it('B26: a Redirect request cannot be turned into an unsigned POST', () => {
  expectAccepted(sendForm(new URLSearchParams(postFields()).toString()));
  expectRefused('saml.unsigned', () => sendForm(new URLSearchParams(postFields(authnRequest(), { key: null })).toString()));
});
