/**
 * Which signature and digest algorithms are spoken [SC-DP §8], tied to the kind and size of the key. HMAC, DSA, MD5 and `none` are
 * not in the tables (threats B20); SHA-1 is, for one peer until one date, and only when a policy says so (threats B21).
 */
import { constants, verify as verifyBytes, type KeyObject } from 'node:crypto';
import { fail } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512';
export type Family = 'rsa' | 'rsa-pss' | 'ec';
export interface SignatureAlgorithm { readonly family: Family; readonly hash: Hash }
/** What one peer may do that others may not. */
export interface SignaturePolicy {
  /** SHA-1 in signatures and digests is let pass until then; absent = never. */
  readonly sha1Until?: Instant;
}
export interface Circumstances { readonly now: Instant; readonly policy?: SignaturePolicy }

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const PSS = 'http://www.w3.org/2007/05/xmldsig-more#';
const XENC = 'http://www.w3.org/2001/04/xmlenc#';
const signatures = new Map<string, SignatureAlgorithm>([
  ...(['sha256', 'sha384', 'sha512'] as const).flatMap((hash): [string, SignatureAlgorithm][] => [
    [`${MORE}rsa-${hash}`, { family: 'rsa', hash }],
    [`${MORE}ecdsa-${hash}`, { family: 'ec', hash }],
    [`${PSS}${hash}-rsa-MGF1`, { family: 'rsa-pss', hash }],
  ]),
  [`${DS}rsa-sha1`, { family: 'rsa', hash: 'sha1' }],
]);
const digests = new Map<string, Hash>([[`${XENC}sha256`, 'sha256'], [`${MORE}sha384`, 'sha384'], [`${XENC}sha512`, 'sha512'], [`${DS}sha1`, 'sha1']]);
export const digestUri = (hash: Hash): string => [...digests].find(([, name]) => name === hash)?.[0] ?? '';
export const signatureUri = ({ family, hash }: SignatureAlgorithm): string => [...signatures].find(([, row]) => row.family === family && row.hash === hash)?.[0] ?? '';

const isLegacyPeer = (circumstances?: Circumstances): boolean => {
  const until = circumstances?.policy?.sha1Until;
  return until !== undefined && circumstances !== undefined && circumstances.now < until;
};
const shown = (uri: string): { readonly algorithm: string } => ({ algorithm: uri.slice(0, 120) });
/** Errors: `signature.algorithm`. */
export const signatureRow = (uri: string, circumstances?: Circumstances): SignatureAlgorithm => {
  const row = signatures.get(uri);
  return row !== undefined && (row.hash !== 'sha1' || isLegacyPeer(circumstances)) ? row : fail('signature.algorithm', 'signature algorithm that is not accepted', shown(uri));
};
/** Errors: `signature.algorithm`. */
export const digestFor = (uri: string, circumstances?: Circumstances): Hash => {
  const hash = digests.get(uri);
  return hash !== undefined && (hash !== 'sha1' || isLegacyPeer(circumstances)) ? hash : fail('signature.algorithm', 'digest algorithm that is not accepted', shown(uri));
};
/** What everybody may use. Errors: `signature.algorithm`. */
export const digestHash = (uri: string): Hash => digestFor(uri);

const MIN_RSA_BITS = 2048;
/** Larger keys only make us work. */
const MAX_RSA_BITS = 8192;
/** Bytes of r and of s, by curve. */
const curves: ReadonlyMap<string, number> = new Map([['prime256v1', 32], ['secp384r1', 48], ['secp521r1', 66]]);

interface KeyFacts { readonly family: Family | 'other'; /** Bytes of a signature by this key; 0 = its size or curve is refused. */ readonly signatureBytes: number }
/** Reading a key's details is slow, and keys are parsed once and live long. */
const knownKeys = new WeakMap<KeyObject, KeyFacts>();
const readFacts = (key: KeyObject): KeyFacts => {
  const { modulusLength = 0, publicExponent = 0n, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const type = key.asymmetricKeyType;
  if (type === 'ec') return { family: 'ec', signatureBytes: 2 * (curves.get(namedCurve) ?? 0) };
  if (type !== 'rsa' && type !== 'rsa-pss') return { family: 'other', signatureBytes: 0 };
  return { family: type, signatureBytes: modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS && publicExponent >= 3n ? Math.ceil(modulusLength / 8) : 0 }; // [RFC 8017 §3.1]
};
export const factsOf = (key: KeyObject): KeyFacts => {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const facts = readFacts(key);
  knownKeys.set(key, facts);
  return facts;
};
/** Does this key fit the algorithm? A plain RSA key serves both RSA families, one that says PSS only that; a key of a refused size none. */
export const keyFits = (key: KeyObject, { family }: SignatureAlgorithm): boolean => {
  const facts = factsOf(key);
  return facts.signatureBytes > 0 && (facts.family === family || (facts.family === 'rsa' && family === 'rsa-pss'));
};
export const keyInput = (key: KeyObject, { family }: SignatureAlgorithm) =>
  family === 'ec' ? { key, dsaEncoding: 'ieee-p1363' as const }
  : family === 'rsa-pss' ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } // [RFC 9231 §2.3.10]
  : key; // PKCS#1 v1.5, the default of such a key; a wrapped key costs twice as much at every use.

const verifies = (key: KeyObject, row: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array): boolean => {
  // r and s, and RSA numbers, have exactly the key's length [RFC 4050 §3.3, RFC 8017 §8.2.2] (threats B22).
  if (factsOf(key).signatureBytes !== signature.byteLength) return false;
  try {
    return verifyBytes(row.hash, data, keyInput(key, row), signature);
  } catch {
    return false; // A key that is restricted to other parameters.
  }
};

/** Index of the first key that verifies; several keys while a peer rolls over. Errors: `signature.algorithm`, `signature.key`, `signature.invalid`. */
export const verifyDetached = (algorithm: string, keys: readonly KeyObject[], data: Uint8Array, signature: Uint8Array, circumstances: Circumstances): number => {
  const row = signatureRow(algorithm, circumstances);
  const fitting = keys.flatMap((key, index) => (keyFits(key, row) ? [{ key, index }] : []));
  if (fitting.length === 0) return fail('signature.key', 'no key of the sender fits the algorithm, or it is too small', { algorithm });
  const found = fitting.find(({ key }) => verifies(key, row, data, signature));
  return found?.index ?? fail('signature.invalid', 'the signature does not verify with any key of the sender', { algorithm });
};
