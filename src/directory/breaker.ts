/**
 * A circuit breaker around one source: after so many failures in a row nobody waits for it any more; when its rest is over,
 * one call tries whether it is back while all others are still refused at once.
 */
import { fail, isBrygganError } from '../core/errors.ts';
import type { Clock, Instant } from '../core/ports.ts';
import type { PersonDirectory } from './model.ts';

export interface BreakerSettings {
  /** Calls in a row that ended in `directory.unavailable`. */
  readonly failures: number;
  readonly restSeconds: number;
  readonly clock: Clock;
  readonly onChange?: (state: 'open' | 'closed') => void;
}

export const withBreaker = (source: PersonDirectory, { failures, restSeconds, clock, onChange }: BreakerSettings): PersonDirectory => {
  let inARow = 0;
  let restsUntil: Instant | null = null;
  let probing = false;
  const succeeded = (): void => {
    if (restsUntil !== null) onChange?.('closed');
    [inARow, restsUntil] = [0, null];
  };
  const failed = (): void => {
    inARow += 1;
    if (inARow < failures) return;
    if (restsUntil === null) onChange?.('open');
    restsUntil = clock.now() + restSeconds * 1000;
  };
  return {
    find: async (key, options) => {
      const resting = restsUntil !== null;
      if (restsUntil !== null && (probing || clock.now() < restsUntil)) return fail('directory.unavailable', 'the directory failed several times in a row and is left alone for a while');
      if (resting) probing = true;
      try {
        const person = await source.find(key, options);
        succeeded();
        return person;
      } catch (error) {
        // An answer that is refused is still an answer: the source is there.
        if (isBrygganError(error) && error.code !== 'directory.unavailable') succeeded();
        else failed();
        throw error;
      } finally {
        if (resting) probing = false;
      }
    },
  };
};
