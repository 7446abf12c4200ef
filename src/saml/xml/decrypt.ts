/**
 * Decrypts an assertion that was encrypted to us. What can be refused by looking is refused with its reason; from the moment our key
 * is used there is one answer for every failure, and a key that does not come out is replaced by a random one (threats C01).
 */
import { createDecipheriv, type DecipherGCM, type KeyObject } from 'node:crypto';
import { fail } from '../../core/errors.ts';
import { systemRandom, type Random } from '../../core/ports.ts';
import { BLOCK_BYTES, blockCiphers, isAuthenticated, maskFunctions, OAEP, OAEP11, oaepDigests, unwrapKey, XENC, XENC11, type BlockCipher, type OaepParameters } from './encryption.ts';
import { DS, isBlank } from './names.ts';
import { readSlice } from './reader.ts';
import type { SignedElement } from './signature.ts';
import { attributeOf, childElements, elementsOf, isElement, textOf, type XmlElement } from './tree.ts';

const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion';
const refuse = (detail: string): never => fail('decrypt.failed', detail);
/** What everything that depends on a key says. */
const FAILED = 'the assertion cannot be decrypted';

const only = (parent: XmlElement, namespace: string, localName: string): XmlElement => {
  const [found, more] = childElements(parent, namespace, localName);
  return found === undefined || more !== undefined ? refuse(`${parent.localName}: not exactly one ${localName}`) : found;
};
/** [XMLEnc §3.1] Elements of any other name are refused, and with them CipherReference and RetrievalMethod (threats C04). */
const allow = (parent: XmlElement, names: readonly string[]): void => {
  if (elementsOf(parent).some(({ localName, namespace }) => !names.includes(localName) || ![XENC, XENC11, DS].includes(namespace))) refuse(`${parent.localName}: an element that is not read here`);
  if (parent.children.some((child) => !isElement(child) && !isBlank(child))) refuse(`${parent.localName}: text between elements`);
};
const cipherValue = (holder: XmlElement): Buffer => {
  const data = only(holder, XENC, 'CipherData');
  allow(data, ['CipherValue']);
  const text = textOf(only(data, XENC, 'CipherValue')).replace(/[ \t\n\r]+/g, '');
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : refuse('CipherValue: not base64');
};
const methodOf = (holder: XmlElement): { readonly method: XmlElement; readonly algorithm: string } => {
  const method = only(holder, XENC, 'EncryptionMethod');
  return { method, algorithm: attributeOf(method, 'Algorithm') ?? refuse('EncryptionMethod without Algorithm') };
};

const named = (method: XmlElement, namespace: string, localName: string, table: ReadonlyMap<string, OaepParameters['digest']>): OaepParameters['digest'] => {
  const [element, more] = childElements(method, namespace, localName);
  if (element === undefined) return 'sha1'; // [XMLEnc11 §5.5.2]
  if (more !== undefined) return refuse(`more than one ${localName}`);
  return table.get(attributeOf(element, 'Algorithm') ?? '') ?? refuse(`${localName} that is not accepted`);
};
/** RSA-OAEP alone: RSA 1.5 is refused (threats C02), and so is a label, which nobody uses. */
const transportOf = (encryptedKey: XmlElement): OaepParameters => {
  const { method, algorithm } = methodOf(encryptedKey);
  if (algorithm !== OAEP && algorithm !== OAEP11) return refuse('key transport that is not accepted');
  allow(method, ['DigestMethod', 'KeySize', ...(algorithm === OAEP11 ? ['MGF'] : [])]);
  return { digest: named(method, DS, 'DigestMethod', oaepDigests), mask: named(method, XENC11, 'MGF', maskFunctions) };
};

/** Inside KeyInfo, or beside EncryptedData [SAMLCore §6.1]; exactly one. */
const encryptedKeyOf = (encrypted: XmlElement, data: XmlElement): XmlElement => {
  const inside = childElements(data, DS, 'KeyInfo').flatMap((info) => {
    allow(info, ['EncryptedKey', 'X509Data', 'KeyName', 'KeyValue']);
    return childElements(info, XENC, 'EncryptedKey');
  });
  const [key, more] = [...inside, ...childElements(encrypted, XENC, 'EncryptedKey')];
  if (key === undefined || more !== undefined) return refuse('not exactly one EncryptedKey');
  allow(key, ['EncryptionMethod', 'KeyInfo', 'CipherData', 'ReferenceList', 'CarriedKeyName']);
  return key;
};

const unseal = (sealed: Buffer, cipher: BlockCipher, contentKey: Buffer): Buffer => {
  const iv = sealed.subarray(0, cipher.ivBytes);
  const end = sealed.length - cipher.tagBytes;
  const engine = createDecipheriv(cipher.name, contentKey, iv);
  if (isAuthenticated(cipher)) (engine as DecipherGCM).setAuthTag(sealed.subarray(end));
  else engine.setAutoPadding(false);
  const plain = Buffer.concat([engine.update(sealed.subarray(cipher.ivBytes, end)), engine.final()]);
  if (isAuthenticated(cipher)) return plain;
  const padding = plain.at(-1) ?? 0;
  return padding >= 1 && padding <= BLOCK_BYTES ? plain.subarray(0, plain.length - padding) : refuse(FAILED); // [XMLEnc §5.2]
};

/** Bytes that a cipher's text may have: IV, tag, and for CBC whole blocks. Decided by looking, so it may be told. */
const checkLength = (sealed: Buffer, cipher: BlockCipher): void => {
  const body = sealed.length - cipher.ivBytes - cipher.tagBytes;
  if (body < 1 || (!isAuthenticated(cipher) && body % BLOCK_BYTES !== 0)) refuse('CipherValue of an impossible length');
};

export interface DecryptOptions {
  /** The verified message that the encrypted assertion came in; null when nothing covers it. Then only GCM is read [SC-DP §8]. */
  readonly coveredBy: SignedElement | null;
  readonly random?: Random;
}
const isCovered = (encrypted: XmlElement, signed: SignedElement | null): boolean => signed?.element.children.includes(encrypted) === true;

/**
 * `<saml:EncryptedAssertion>` → the Assertion in it, read as a message; nothing of it is verified. `keys` are ours, the newest first.
 * Errors: `decrypt.failed`.
 */
export const decryptAssertion = (encrypted: XmlElement, keys: readonly KeyObject[], { coveredBy, random = systemRandom }: DecryptOptions): XmlElement => {
  if (encrypted.namespace !== SAML || encrypted.localName !== 'EncryptedAssertion') return refuse('not an EncryptedAssertion');
  allow(encrypted, ['EncryptedData', 'EncryptedKey']);
  const data = only(encrypted, XENC, 'EncryptedData');
  allow(data, ['EncryptionMethod', 'KeyInfo', 'CipherData']);
  if ((attributeOf(data, 'Type') ?? `${XENC}Element`) !== `${XENC}Element`) return refuse('encrypted is something else than an element'); // [SAMLCore §2.3.4]
  const cipher = blockCiphers.get(methodOf(data).algorithm) ?? refuse('block cipher that is not accepted');
  if (!isAuthenticated(cipher) && !isCovered(encrypted, coveredBy)) return refuse('CBC outside a verified signature');
  const encryptedKey = encryptedKeyOf(encrypted, data);
  const transport = transportOf(encryptedKey);
  const wrapped = cipherValue(encryptedKey);
  const sealed = cipherValue(data);
  checkLength(sealed, cipher);
  const unwrapped = keys.map((key) => unwrapKey(key, wrapped, transport)).find((found) => found?.length === cipher.keyBytes);
  try {
    const plain = unseal(sealed, cipher, unwrapped ?? random.bytes(cipher.keyBytes));
    const assertion = readSlice(plain, 'message', {}, encrypted.scope);
    return assertion.namespace === SAML && assertion.localName === 'Assertion' ? assertion : refuse(FAILED); // threats C05
  } catch {
    return refuse(FAILED);
  }
};
