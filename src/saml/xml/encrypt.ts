/** Encrypts an assertion to one service [XMLEnc]; RSA-OAEP only, block cipher and digest by what the service's metadata names. */
import { constants, createCipheriv, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import { fail } from '../../core/errors.ts';
import { element, writeXml, type XmlNode } from './writer.ts';

/** A service's encryption key with the algorithms its metadata names, in its order; empty lists = the mandatory ones. */
export interface EncryptionTarget { readonly key: KeyObject; readonly certificate: string; readonly methods: readonly string[]; readonly digests: readonly string[] }
const XENC = 'http://www.w3.org/2001/04/xmlenc#';
const XENC11 = 'http://www.w3.org/2009/xmlenc11#';
const OAEP = `${XENC}rsa-oaep-mgf1p`;
const SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1';
const ciphers: Readonly<Record<string, { readonly name: string; readonly keyBytes: number; readonly gcm: boolean }>> = {
  [`${XENC11}aes256-gcm`]: { name: 'aes-256-gcm', keyBytes: 32, gcm: true }, [`${XENC11}aes128-gcm`]: { name: 'aes-128-gcm', keyBytes: 16, gcm: true },
  [`${XENC}aes256-cbc`]: { name: 'aes-256-cbc', keyBytes: 32, gcm: false }, [`${XENC}aes128-cbc`]: { name: 'aes-128-cbc', keyBytes: 16, gcm: false },
};
/** Mandatory for every receiver in Sweden Connect [SC-DP §8]; safe, since the response around it is always signed. */
const DEFAULT_CIPHER = `${XENC}aes256-cbc`;

/** `<saml:EncryptedAssertion>` around the node. Errors: `encrypt.failed`. */
export const encryptAssertion = (assertion: XmlNode, target: EncryptionTarget): XmlNode => {
  if (target.key.asymmetricKeyType !== 'rsa' || (target.key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) return fail('encrypt.failed', 'the encryption key is not RSA of at least 2048 bits');
  const algorithm = target.methods.find((method) => ciphers[method] !== undefined) ?? DEFAULT_CIPHER;
  const cipher = ciphers[algorithm] ?? fail('encrypt.failed', 'unknown cipher');
  const contentKey = randomBytes(cipher.keyBytes);
  const iv = randomBytes(cipher.gcm ? 12 : 16);
  const engine = createCipheriv(cipher.name, contentKey, iv);
  const body = Buffer.concat([engine.update(writeXml(assertion), 'utf8'), engine.final()]);
  const tag = cipher.gcm ? (engine as ReturnType<typeof createCipheriv> & { getAuthTag(): Buffer }).getAuthTag() : Buffer.alloc(0);
  const wrapped = publicEncrypt({ key: target.key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, contentKey);
  const value = (bytes: Buffer): XmlNode => element('xenc:CipherData', {}, [element('xenc:CipherValue', {}, [bytes.toString('base64')])]);
  return element('saml:EncryptedAssertion', {}, [
    element('xenc:EncryptedData', { Type: `${XENC}Element` }, [
      element('xenc:EncryptionMethod', { Algorithm: algorithm }, []),
      element('ds:KeyInfo', {}, [
        element('xenc:EncryptedKey', {}, [
          element('xenc:EncryptionMethod', { Algorithm: OAEP }, [element('ds:DigestMethod', { Algorithm: SHA1 }, [])]),
          element('ds:KeyInfo', {}, [element('ds:X509Data', {}, [element('ds:X509Certificate', {}, [target.certificate])])]),
          value(wrapped),
        ]),
      ]),
      value(Buffer.concat([iv, body, tag])),
    ]),
  ]);
};
