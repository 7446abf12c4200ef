/**
 * Sealing: every stored value is AES-256-GCM, with the key name under which it lies as associated data, so that a value moved to
 * another name does not open (threats K04). Layout: version 1 · key id (4 bytes) · nonce (12) · tag (16) · ciphertext.
 * Not prevented: an old value put back under its own name.
 */
import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { fail } from '../core/errors.ts';
import type { Random } from '../core/ports.ts';

export interface SealingKey { readonly id: Buffer; readonly key: KeyObject }
export interface Sealer {
  seal(name: string, value: unknown): Buffer;
  /** Errors: `store.sealed-value` for anything that was altered, moved, or sealed with a key that is gone. */
  open(name: string, sealed: Uint8Array): unknown;
}
const VERSION = 1;
const HEADER = 1 + 4;
const NONCE = 12;
const TAG = 16;

/** A key object is made once: raw bytes cost twice as much at every use. */
export const sealingKey = (key: Buffer): SealingKey => ({ key: createSecretKey(key), id: createHash('sha256').update('sealing-key').update(key).digest().subarray(0, 4) });

/** The first key seals; all of them open. */
export const createSealer = (keys: readonly SealingKey[], random: Random): Sealer => {
  const [current] = keys;
  if (current === undefined || keys.some(({ key }) => key.symmetricKeySize !== 32)) return fail('key.invalid', 'sealing needs at least one key of 32 bytes');
  return {
    seal: (name, value) => {
      const nonce = random.bytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce);
      cipher.setAAD(Buffer.from(name));
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), current.id, nonce, cipher.getAuthTag(), body]);
    },
    open: (name, sealed) => {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const key = bytes[0] === VERSION && bytes.length > HEADER + NONCE + TAG ? keys.find(({ id }) => id.equals(bytes.subarray(1, HEADER))) : undefined;
      if (key === undefined) return fail('store.sealed-value', 'a stored value of another format or sealed with an unknown key');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key.key, bytes.subarray(HEADER, HEADER + NONCE));
        decipher.setAAD(Buffer.from(name));
        decipher.setAuthTag(bytes.subarray(HEADER + NONCE, HEADER + NONCE + TAG));
        return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(HEADER + NONCE + TAG)), decipher.final()]).toString('utf8')) as unknown;
      } catch (error) {
        return fail('store.sealed-value', 'a stored value was altered or moved', {}, error);
      }
    },
  };
};

/** For walks over everything: a value of an earlier key or another version is passed over, since nobody waits for just that one. */
export const openOrSkip = (sealer: Sealer, name: string, sealed: Uint8Array): unknown => {
  try {
    return sealer.open(name, sealed);
  } catch {
    return undefined;
  }
};
