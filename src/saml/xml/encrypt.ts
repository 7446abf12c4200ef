/** Encrypts an assertion to one service [SAMLCore §6, XMLEnc]; block cipher and digest by what the service's metadata names. */
import { createCipheriv, type CipherGCM, type KeyObject } from 'node:crypto';
import { fail } from '../../core/errors.ts';
import { systemRandom, type Random } from '../../core/ports.ts';
import { factsOf } from './algorithms.ts';
import { blockCiphers, OAEP, OAEP11, oaepDigests, wrapKey, XENC, isAuthenticated, type BlockCipher } from './encryption.ts';
import { element, writeXml, type XmlNode } from './writer.ts';

/** A service's encryption key with the algorithms its metadata names, in its order; empty lists = the mandatory ones. */
export interface EncryptionTarget { readonly key: KeyObject; readonly certificate: string; readonly methods: readonly string[]; readonly digests: readonly string[] }
/** Mandatory for every receiver in Sweden Connect [SC-DP §8]; safe, since the response around it is always signed. */
const DEFAULT_CIPHER = `${XENC}aes256-cbc`;
const DEFAULT_DIGEST = 'http://www.w3.org/2000/09/xmldsig#sha1';

const seal = (plain: string, cipher: BlockCipher, contentKey: Buffer, iv: Buffer): Buffer => {
  const engine = createCipheriv(cipher.name, contentKey, iv);
  // The padding of PKCS#7 is one of those that XML encryption allows [XMLEnc §5.2].
  const body = [iv, engine.update(plain, 'utf8'), engine.final()];
  return Buffer.concat(isAuthenticated(cipher) ? [...body, (engine as CipherGCM).getAuthTag()] : body);
};
const chosen = ({ methods, digests }: EncryptionTarget) => {
  const algorithm = methods.find((method) => blockCiphers.has(method)) ?? DEFAULT_CIPHER;
  const digestUri = digests.find((digest) => oaepDigests.has(digest)) ?? DEFAULT_DIGEST;
  const digest = oaepDigests.get(digestUri) ?? fail('encrypt.failed', 'unknown digest');
  // Without a named mask function both mean MGF1 with SHA-1 [XMLEnc11 §5.5.2].
  const transport = methods.find((method) => method === OAEP || method === OAEP11) ?? OAEP;
  return { algorithm, cipher: blockCiphers.get(algorithm) ?? fail('encrypt.failed', 'unknown cipher'), digestUri, transport, parameters: { digest, mask: 'sha1' } as const };
};

/** `<saml:EncryptedAssertion>` around the node, which may be signed. Errors: `encrypt.failed`, `xml.write`. */
export const encryptAssertion = (assertion: XmlNode, target: EncryptionTarget, random: Random = systemRandom): XmlNode => {
  const { family, signatureBytes } = factsOf(target.key);
  if (family !== 'rsa' || signatureBytes === 0) return fail('encrypt.failed', 'the encryption key is not RSA of at least 2048 bits');
  const { algorithm, cipher, digestUri, transport, parameters } = chosen(target);
  const contentKey = random.bytes(cipher.keyBytes);
  const value = (bytes: Buffer): XmlNode => element('xenc:CipherData', {}, [element('xenc:CipherValue', {}, [bytes.toString('base64')])]);
  return element('saml:EncryptedAssertion', {}, [
    element('xenc:EncryptedData', { Type: `${XENC}Element` }, [
      element('xenc:EncryptionMethod', { Algorithm: algorithm }, []),
      element('ds:KeyInfo', {}, [
        element('xenc:EncryptedKey', {}, [
          element('xenc:EncryptionMethod', { Algorithm: transport }, [element('ds:DigestMethod', { Algorithm: digestUri }, [])]),
          element('ds:KeyInfo', {}, [element('ds:X509Data', {}, [element('ds:X509Certificate', {}, [target.certificate])])]),
          value(wrapKey(target.key, contentKey, parameters, random)),
        ]),
      ]),
      value(seal(writeXml(assertion), cipher, contentKey, random.bytes(cipher.ivBytes))),
    ]),
  ]);
};
