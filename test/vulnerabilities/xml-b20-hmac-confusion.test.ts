/** The public key, which everybody has, as the secret of an HMAC; and algorithms of other kinds than the key. */
import { createHmac, createSecretKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { readXml, verifyEnveloped } from '../../src/saml/xml/index.ts';
import { NOW, testKey } from '../fixtures/saml.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { DS, RSA_SHA256, signedDocument } from '../saml/xml/hand-signed.ts';

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const key = testKey();
const verify = (text: string, keys = [key.publicKey]): unknown => {
  const document = readXml(Buffer.from(text), 'message');
  return verifyEnveloped(document, keys, { document, now: NOW });
};
const secrets = [key.publicKey.export({ type: 'spki', format: 'pem' }), key.publicKey.export({ type: 'spki', format: 'der' }), key.certificate, Buffer.from(key.certificate, 'base64')];
it.each([`${DS}hmac-sha1`, `${MORE}hmac-sha256`, `${MORE}hmac-sha512`])('B20: %s with the public key as its secret', (uri) => {
  expect(verify(signedDocument())).toBeDefined();
  const text = signedDocument({ signature: ['sha256', uri] });
  const signedInfo = /<ds:SignedInfo>[^]*<\/ds:SignedInfo>/.exec(text)?.[0].replace('<ds:SignedInfo>', `<ds:SignedInfo xmlns:ds="${DS}">`) ?? '';
  for (const secret of secrets) {
    const value = createHmac(uri.split('-').at(-1) ?? '', secret).update(signedInfo).digest('base64');
    refusedWith('signature.algorithm', () => verify(text.replace(/(<ds:SignatureValue>)[^<]*/, (_all, tag: string) => tag + value)));
  }
});
it('B20: a secret where a public key belongs', () => { refusedWith('signature.key', () => verify(signedDocument(), [createSecretKey(Buffer.alloc(32, 1))])); });
it.each(['none', '', `${DS}dsa-sha1`, `${MORE}rsa-md5`, 'http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519', RSA_SHA256.toUpperCase(), `${RSA_SHA256} `])('B20: the algorithm "%s"', (uri) => {
  refusedWith('signature.algorithm', () => verify(signedDocument({ signature: ['sha256', uri] })));
});
it('B20: ECDSA named over a key of RSA, and the other way round', () => {
  refusedWith('signature.key', () => verify(signedDocument({ signature: ['sha256', `${MORE}ecdsa-sha256`] })));
  refusedWith('signature.key', () => verify(signedDocument({ key: testKey('b20', 'ec').privateKey }), [testKey('b20', 'ec').publicKey]));
});
