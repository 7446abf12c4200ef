/** Weaker algorithms than agreed, in signature or digest, each lowered alone; and what is signed already cannot be lowered. */
import { expect, it } from 'vitest';
import { readXml, verifyEnveloped, type SignaturePolicy } from '../../src/saml/xml/index.ts';
import { NOW, testKey } from '../fixtures/saml.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { algorithm, DS, RSA_SHA256, SHA256, signedDocument, type SignedParts } from '../saml/xml/hand-signed.ts';

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const verify = (parts: SignedParts, policy?: SignaturePolicy, key = testKey()): unknown => {
  const document = readXml(Buffer.from(signedDocument({ key: key.privateKey, ...parts })), 'message');
  return verifyEnveloped(document, [key.publicKey], { document, now: NOW, ...(policy === undefined ? {} : { policy }) });
};
const sha1Signature: SignedParts = { signature: ['sha1', `${DS}rsa-sha1`] };
const sha1Digest: SignedParts = { digest: ['sha1', `${DS}sha1`] };
it.each([
  ['SHA-1 in the signature', sha1Signature],
  ['SHA-1 in the digest alone', sha1Digest],
  ['MD5 in the signature', { signature: ['md5', `${MORE}rsa-md5`] }],
  ['MD5 in the digest alone', { digest: ['md5', `${MORE}md5`] }],
] satisfies [string, SignedParts][])('B21: %s', (_name, parts) => {
  expect(verify({})).toBeDefined();
  refusedWith('signature.algorithm', () => verify(parts));
});
it('B21: SHA-1 of a legacy peer until its date, not after', () => {
  for (const parts of [sha1Signature, sha1Digest]) {
    expect(verify(parts, { sha1Until: NOW + 1 })).toBeDefined();
    refusedWith('signature.algorithm', () => verify(parts, { sha1Until: NOW }));
  }
});
it('B21: an algorithm lowered after signing', () => {
  refusedWith('signature.algorithm', () => verify({ method: algorithm('SignatureMethod', `${DS}rsa-sha1`) }));
  const text = signedDocument();
  const lowered = [text.replace(RSA_SHA256, `${DS}rsa-sha1`), text.replace(SHA256, `${DS}sha1`)];
  for (const broken of lowered) {
    const document = readXml(Buffer.from(broken), 'message');
    refusedWith('signature.invalid', () => verifyEnveloped(document, [testKey().publicKey], { document, now: NOW, policy: { sha1Until: NOW + 1 } }));
  }
});
it('B21: RSA of 1024 bits', () => { refusedWith('signature.key', () => verify({}, undefined, testKey('b21', 'rsa-1024'))); });
