/** Small uses of node:crypto that several layers share: hashing what is stored, comparing secrets, deriving tokens. */
import { createHash, createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { ReferenceId } from './ids.ts';
import type { Random } from './ports.ts';

/** SHA-256 in base64url: how one-time codes, cookies and handles are kept at rest. */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** True when `secret` is the one whose `digestOf` was stored; constant time in the content. */
export const matchesDigest = (secret: string, storedDigest: string | null): boolean => {
  if (storedDigest === null) return false;
  const offered = Buffer.from(digestOf(secret));
  const stored = Buffer.from(storedDigest);
  return offered.length === stored.length && timingSafeEqual(offered, stored);
};

/** Key objects of the few secrets in steady use: making one costs as much as the HMAC. */
const KNOWN = 16;
const known = new Map<string, KeyObject>();
const keyOf = (secret: string | Uint8Array): KeyObject => {
  if (typeof secret !== 'string') return createSecretKey(secret);
  const found = known.get(secret);
  if (found !== undefined) return found;
  const [oldest] = known.keys();
  if (known.size >= KNOWN && oldest !== undefined) known.delete(oldest);
  const key = createSecretKey(secret, 'utf8');
  known.set(secret, key);
  return key;
};

export const hmac = (key: string | Uint8Array, ...parts: readonly string[]): string =>
  // Each part carries its length, so that two lists never meet in one input.
  createHmac('sha256', keyOf(key)).update(parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('')).digest('base64url');

export const equalSecrets = (a: string, b: string): boolean => {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
};

/** No I, L, O, U, 0 or 1: nothing that is misheard or misread over the phone. */
const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
const spell = (bytes: Uint8Array): ReferenceId => {
  const letters = [...bytes].slice(0, 9).map((byte) => alphabet[byte % alphabet.length] ?? 'X');
  return [letters.slice(0, 3), letters.slice(3, 6), letters.slice(6, 9)].map((group) => group.join('')).join('-') as ReferenceId;
};
export const newReference = (random: Random): ReferenceId => spell(random.bytes(9));
/** The same refused request gives the same reference, so that an error page survives reload. */
export const referenceOf = (key: string | Uint8Array, ...parts: readonly string[]): ReferenceId => spell(Buffer.from(hmac(key, ...parts), 'base64url'));
