/** The ports that every layer may ask for. `Date.now()` and the system's randomness are called in this folder only. */
import { randomFillSync } from 'node:crypto';

/** Milliseconds since 1970, UTC. */
export type Instant = number;
export interface Clock { now(): Instant }
export interface Random { bytes(length: number): Buffer }
/** Fields must not hold personal identity numbers or attribute values; the logger's redaction is a net, not a licence. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined | readonly string[]>>;

export const systemClock: Clock = { now: () => Date.now() };
/** The system's randomness, asked for in larger pieces: a login needs a dozen small ones, and each call costs more than its bytes. */
const POOL = 4096;
let pool = Buffer.alloc(0);
let used = 0;
export const systemRandom: Random = {
  bytes: (length) => {
    if (length > POOL) return randomFillSync(Buffer.alloc(length));
    if (used + length > pool.length) {
      pool = randomFillSync(Buffer.alloc(POOL));
      used = 0;
    }
    const bytes = Buffer.from(pool.subarray(used, used + length));
    // Handed out once: nothing of it stays in the pool.
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  },
};
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Id of `bits` random bits in base64url: 128 for what is named in a URL, 256 for what is held in a cookie. */
export const newId = (random: Random, bits: 128 | 256): string => random.bytes(bits / 8).toString('base64url');
/** XML ID: NCName, starts with an underscore, 160 random bits [SAMLCore §1.3.4]. */
export const newXmlId = (random: Random): string => `_${random.bytes(20).toString('hex')}`;
