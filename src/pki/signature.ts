/**
 * Keys and signatures as certificates, revocation lists and OCSP answers carry them: a short list of algorithms, none with SHA-1 or
 * MD5, keys of sane size. Arithmetic is node:crypto's.
 */
import { constants, createPublicKey, verify, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto';
import { childrenOf, context, expectTag, oidOf, reading, smallInteger, tags, type Der } from './der.ts';
import { fail } from '../core/errors.ts';

type Hash = 'sha256' | 'sha384' | 'sha512';
interface Algorithm { readonly keyType: 'rsa' | 'ec' | 'ed25519'; readonly hash: Hash | null }
const algorithms: Readonly<Record<string, Algorithm>> = {
  '1.2.840.113549.1.1.11': { keyType: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { keyType: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { keyType: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { keyType: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { keyType: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { keyType: 'ec', hash: 'sha512' },
  '1.3.101.112': { keyType: 'ed25519', hash: null },
};
const RSA_PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const hashOids: Readonly<Record<string, Hash>> = { '2.16.840.1.101.3.4.2.1': 'sha256', '2.16.840.1.101.3.4.2.2': 'sha384', '2.16.840.1.101.3.4.2.3': 'sha512' };
const saltLengths: Readonly<Record<Hash, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** What a signature was made with; only values that were read from an AlgorithmIdentifier of the list above. */
export interface SignatureScheme { readonly keyType: Algorithm['keyType']; readonly hash: Hash | null; readonly pss: boolean }

const hashIn = (identifier: Der | undefined): Hash => {
  const [oid, parameters, more] = childrenOf(expectTag(identifier, tags.sequence, 'hash algorithm'));
  const plain = more === undefined && (parameters === undefined || (parameters.tag === tags.null && parameters.content.length === 0));
  return (plain ? hashOids[oidOf(oid)] : undefined) ?? fail('pki.der', 'RSASSA-PSS with a hash that is not accepted');
};
/** One hash for content and mask, salt as long as the hash [RFC 4055 §3.1, RFC 8017 §9.1]. */
const readPss = (parameters: Der | undefined): SignatureScheme => {
  const parts = childrenOf(expectTag(parameters, tags.sequence, 'RSASSA-PSS parameters'));
  const inside = (tag: number): Der | undefined => {
    const part = parts.find((candidate) => candidate.tag === context(tag));
    return part === undefined ? undefined : childrenOf(part)[0];
  };
  const hash = hashIn(inside(0));
  const [maskOid, maskHash] = childrenOf(expectTag(inside(1), tags.sequence, 'mask generation'));
  const salt = smallInteger(expectTag(inside(2), tags.integer, 'salt length'));
  if (parts.length !== 3 || oidOf(maskOid) !== MGF1 || hashIn(maskHash) !== hash || salt !== saltLengths[hash]) fail('pki.der', 'RSASSA-PSS parameters that are not accepted');
  return { keyType: 'rsa', hash, pss: true };
};
/** Errors: `pki.der` for an algorithm that is not accepted. */
export const readSignatureScheme = (identifier: Der): SignatureScheme => {
  const [oidElement, parameters, more] = childrenOf(expectTag(identifier, tags.sequence, 'signature algorithm'));
  const oid = oidOf(oidElement);
  if (oid === RSA_PSS) return readPss(parameters);
  const algorithm = algorithms[oid] ?? fail('pki.der', `signature algorithm ${oid} is not accepted`);
  // NULL for RSA, where absent is to be accepted too; nothing for ECDSA and Ed25519 [RFC 4055 §5, RFC 5758 §3.2, RFC 8410 §3].
  const asWritten = parameters === undefined || (algorithm.keyType === 'rsa' && parameters.tag === tags.null && parameters.content.length === 0);
  return asWritten && more === undefined ? { ...algorithm, pss: false } : fail('pki.der', `signature algorithm ${oid} with unexpected parameters`);
};

/** Never throws: what cannot be verified does not hold. */
export const signatureHolds = (scheme: SignatureScheme, signed: Buffer, signature: Buffer, key: KeyObject): boolean => {
  const type = key.asymmetricKeyType;
  if (scheme.keyType === 'rsa' ? type !== 'rsa' && !(type === 'rsa-pss' && scheme.pss) : type !== scheme.keyType) return false;
  const input: VerifyKeyObjectInput = scheme.pss && scheme.hash !== null ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltLengths[scheme.hash] } : { key };
  try {
    return verify(scheme.hash, signed, input, signature);
  } catch {
    return false;
  }
};

const MAX_RSA_BITS = 8192;
const MIN_RSA_BITS = 2048;
/** A huge public exponent makes one verification as dear as a signature. */
const MAX_EXPONENT = 1n << 64n;
const curves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const NAMED_CURVE_OCTETS = 16;

/** Why a key is not accepted, or null. */
export const keyFault = (key: KeyObject): string | null => {
  const details = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa': case 'rsa-pss': {
      const bits = details.modulusLength ?? 0;
      if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS || bits % 8 !== 0) return `an RSA key of ${bits} bits`;
      const exponent = details.publicExponent ?? 0n;
      return exponent < 3n || exponent > MAX_EXPONENT || exponent % 2n === 0n ? 'an RSA key with an unusual exponent' : null;
    }
    case 'ec': return curves.has(details.namedCurve ?? '') ? null : `an EC key on the curve ${details.namedCurve ?? 'without name'}`;
    case 'ed25519': return null;
    default: return `a key of the kind ${key.asymmetricKeyType ?? 'unknown'}`;
  }
};
/** Curves by name only: spelled-out parameters can look like P-256 and be another curve (CVE-2020-0601). */
const namesItsCurve = (spki: Der): boolean => {
  const [algorithm] = childrenOf(spki);
  const [oid, parameters] = childrenOf(expectTag(algorithm, tags.sequence, 'key algorithm'));
  return oidOf(oid) !== '1.2.840.10045.2.1' || (parameters?.tag === tags.oid && parameters.content.length < NAMED_CURVE_OCTETS);
};
/** SubjectPublicKeyInfo → key. Errors: `pki.der`. */
export const readPublicKey = (spki: Der): KeyObject => {
  if (!namesItsCurve(expectTag(spki, tags.sequence, 'public key'))) return fail('pki.der', 'an EC key with spelled-out parameters');
  return reading('public key', () => createPublicKey({ key: Buffer.from(spki.raw), format: 'der', type: 'spki' }));
};
