/** A medium under the stores that a test may look into, change bytes of, take away and let time pass on. */
import type { Clock } from '../../../src/core/ports.ts';
import { systemRandom } from '../../../src/core/ports.ts';
import { createSealer, sealingKey, type Sealer } from '../../../src/sessions/seal.ts';
import type { Stores } from '../../../src/sessions/ports.ts';

/** One sealed value as it lies in the medium. */
export interface Lying { readonly key: string; readonly slot: string; readonly value: Buffer }
export interface StoreStage {
  /** Two nodes on one store; the embedded store has one process, so they are the same. */
  readonly nodes: () => readonly [Stores, Stores];
  readonly now: () => number;
  readonly lying: () => Promise<readonly Lying[]>;
  readonly put: (lying: Lying) => Promise<void>;
  /** Everything the medium holds, names and values and files, as one text of bytes. */
  readonly dump: () => Promise<string>;
  /** Time passes, for the medium too. */
  readonly pass: (milliseconds: number) => Promise<void>;
  /** The store's process or machine starts again. */
  readonly restart: () => Promise<void>;
  /** Opens the stores anew with these keys, the first one sealing. */
  readonly reopen: (keys: readonly Buffer[]) => Promise<void>;
  readonly goAway: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
  readonly close: () => Promise<void>;
}
export class MovingClock implements Clock {
  #ahead = 0;
  now(): number { return Date.now() + this.#ahead; }
  pass(milliseconds: number): void { this.#ahead += milliseconds; }
}
export const firstKey = Buffer.alloc(32, 1);
export const secondKey = Buffer.alloc(32, 2);
export const sealerOf = (keys: readonly Buffer[]): Sealer => createSealer(keys.map(sealingKey), systemRandom);
