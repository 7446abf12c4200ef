/** Signers: a key that is parsed once. A PEM or embedded key here, a hardware module behind the same shape in signer-pkcs11.ts. */
import { sign as signBytes, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { fail } from '../../core/errors.ts';
import { factsOf, keyFits, keyInput, signatureUri, type Hash, type SignatureAlgorithm } from './algorithms.ts';

export interface Signer {
  /** URI of the signature algorithm. */
  readonly algorithm: string;
  /** DER in base64, as published in metadata. */
  readonly certificate: string;
  sign(data: Uint8Array): Buffer | Promise<Buffer>;
}
export interface SignerOptions { readonly pss?: boolean }
const signOffLoop = promisify(signBytes) as (hash: string, data: Uint8Array, key: ReturnType<typeof keyInput>) => Promise<Buffer>;
/** A longer key would hold the event loop for a millisecond or more (limits §9). */
const ON_LOOP_BYTES = 256;
const hashOfCurve: Readonly<Record<number, Hash>> = { 64: 'sha256', 96: 'sha384', 132: 'sha512' };

/** The algorithm that a key signs with: SHA-256 for RSA, for EC the hash of the curve's strength. */
export const algorithmFor = (key: KeyObject, { pss = false }: SignerOptions = {}): SignatureAlgorithm => {
  const { family, signatureBytes } = factsOf(key);
  if (family === 'ec') return { family, hash: hashOfCurve[signatureBytes] ?? 'sha256' };
  return { family: pss || family === 'rsa-pss' ? 'rsa-pss' : 'rsa', hash: 'sha256' };
};
/** The key is parsed by the caller, once. Errors: `key.invalid`. */
export const signerFor = (key: KeyObject, certificate: string, options: SignerOptions = {}): Signer => {
  const row = algorithmFor(key, options);
  if (key.type !== 'private' || !keyFits(key, row)) return fail('key.invalid', 'not a private RSA key of at least 2048 bits or EC key on P-256, P-384, P-521');
  const input = keyInput(key, row);
  const slow = row.family !== 'ec' && factsOf(key).signatureBytes > ON_LOOP_BYTES;
  return { algorithm: signatureUri(row), certificate, sign: (data) => (slow ? signOffLoop(row.hash, data, input) : signBytes(row.hash, data, input)) };
};
