/** Which signature and digest algorithms are spoken, tied to the type and size of the key. HMAC, DSA, SHA-1, MD5 and `none` are not in the table (threats B20, B21). */
import { constants, verify as verifyBytes, sign as signBytes, type KeyObject } from 'node:crypto';
import { fail } from '../../core/errors.ts';

type Hash = 'sha256' | 'sha384' | 'sha512';
interface SignatureAlgorithm { readonly family: 'rsa' | 'rsa-pss' | 'ec'; readonly hash: Hash }
const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const pss = 'http://www.w3.org/2007/05/xmldsig-more#';
const signatures = new Map<string, SignatureAlgorithm>(
  (['sha256', 'sha384', 'sha512'] as const).flatMap((hash): [string, SignatureAlgorithm][] => [
    [`${more}rsa-${hash}`, { family: 'rsa', hash }],
    [`${more}ecdsa-${hash}`, { family: 'ec', hash }],
    [`${pss}${hash}-rsa-MGF1`, { family: 'rsa-pss', hash }],
  ]),
);
const digests = new Map<string, Hash>([['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'], [`${more}sha384`, 'sha384'], ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512']]);
export const digestUri = (hash: Hash): string => [...digests].find(([, name]) => name === hash)?.[0] ?? '';
export const signatureUri = (family: SignatureAlgorithm['family'], hash: Hash): string => [...signatures].find(([, row]) => row.family === family && row.hash === hash)?.[0] ?? '';

const MIN_RSA_BITS = 2048;
/** Bytes of r and of s, by curve. */
const curves: Readonly<Record<string, number>> = { prime256v1: 32, secp384r1: 48, secp521r1: 66 };

export const digestHash = (uri: string): Hash => digests.get(uri) ?? fail('signature.algorithm', 'digest algorithm that is not accepted', { algorithm: uri.slice(0, 120) });
export const signatureRow = (uri: string): SignatureAlgorithm => signatures.get(uri) ?? fail('signature.algorithm', 'signature algorithm that is not accepted', { algorithm: uri.slice(0, 120) });

interface KeyFacts { readonly family: 'rsa' | 'ec' | 'other'; /** Bytes of a signature by this key; 0 = too small or of an unknown curve. */ readonly signatureBytes: number }
/** Reading a key's details is slow, and keys are parsed once and live long. */
const knownKeys = new WeakMap<KeyObject, KeyFacts>();
const factsOf = (key: KeyObject): KeyFacts => {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const family = key.asymmetricKeyType === 'rsa' ? 'rsa' : key.asymmetricKeyType === 'ec' ? 'ec' : 'other';
  const facts: KeyFacts = { family, signatureBytes: family === 'rsa' ? (modulusLength >= MIN_RSA_BITS ? Math.ceil(modulusLength / 8) : 0) : 2 * (curves[namedCurve] ?? 0) };
  knownKeys.set(key, facts);
  return facts;
};
/** Does this key fit the algorithm? Too small a key fits none. */
export const keyFits = (key: KeyObject, { family }: SignatureAlgorithm): boolean => {
  const facts = factsOf(key);
  return facts.signatureBytes > 0 && facts.family === (family === 'ec' ? 'ec' : 'rsa');
};
const keyInput = (key: KeyObject, { family }: SignatureAlgorithm) =>
  family === 'ec' ? { key, dsaEncoding: 'ieee-p1363' as const }
  : family === 'rsa-pss' ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  : key; // PKCS#1 v1.5 is what a bare RSA key means; options beside it cost a third more

/** Index of the first key that verifies; several keys while a peer rolls over. Errors: `signature.*`. */
export const verifyDetached = (algorithm: string, keys: readonly KeyObject[], data: Uint8Array, signature: Uint8Array, _options: { readonly now: number }): number => {
  const row = signatureRow(algorithm);
  const fitting = keys.map((key, index) => ({ key, index })).filter(({ key }) => keyFits(key, row));
  if (fitting.length === 0) return fail('signature.key', 'no key of the sender fits the algorithm, or it is too small', { algorithm });
  const found = fitting.find(({ key }) => factsOf(key).signatureBytes === signature.byteLength && verifyBytes(row.hash, data, keyInput(key, row), signature));
  return found?.index ?? fail('signature.invalid', 'the signature does not verify with any key of the sender', { algorithm });
};

/** One key that signs: a PEM key here, an HSM behind the same shape elsewhere. */
export interface Signer {
  readonly algorithm: string;
  /** DER in base64, as published in metadata. */
  readonly certificate: string;
  sign(data: Uint8Array): Buffer | Promise<Buffer>;
}
/** The key is parsed by the caller, once. Errors: `key.invalid`. */
export const signerFor = (key: KeyObject, certificate: string, options: { readonly pss?: boolean } = {}): Signer => {
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  const hash: Hash = curve === 'secp384r1' ? 'sha384' : curve === 'secp521r1' ? 'sha512' : 'sha256';
  const row: SignatureAlgorithm = { family: key.asymmetricKeyType === 'ec' ? 'ec' : options.pss === true ? 'rsa-pss' : 'rsa', hash };
  if (key.type !== 'private' || !keyFits(key, row)) return fail('key.invalid', 'not a private RSA key of at least 2048 bits or EC key on P-256, P-384, P-521');
  const input = keyInput(key, row);
  return { algorithm: signatureUri(row.family, row.hash), certificate, sign: (data) => signBytes(row.hash, data, input) };
};
