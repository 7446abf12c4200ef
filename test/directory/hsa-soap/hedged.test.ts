import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fail } from '../../../src/core/errors.ts';
import { hedged } from '../../../src/directory/hsa-soap/client.ts';
import { rejectedWith } from '../../fixtures/refused.ts';

/** An attempt that the test ends. */
const attempt = (name: string) => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let signal: AbortSignal | undefined;
  return {
    run: (given: AbortSignal) => { signal = given; return promise; },
    answers: () => resolve(name),
    isAway: () => { try { fail('directory.unavailable', name); } catch (error) { reject(error); } },
    isWrong: () => { try { fail('directory.answer', name); } catch (error) { reject(error); } },
    started: () => signal !== undefined, calledOff: () => signal?.aborted,
  };
};
const stage = () => {
  const [a, b] = [attempt('first'), attempt('second')];
  const whole = new AbortController();
  const result = hedged([a.run, b.run], 300, whole.signal);
  result.catch(() => {});
  return { a, b, whole, result };
};
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a second endpoint', () => {
  it('is left alone while the first answers in time', async () => {
    const { a, b, result } = stage();
    await vi.advanceTimersByTimeAsync(299);
    a.answers();
    expect([await result, b.started()]).toEqual(['first', false]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(b.started()).toBe(false);
  });
  it('is asked too when the first is slow, and whoever answers first counts', async () => {
    const { a, b, result } = stage();
    await vi.advanceTimersByTimeAsync(300);
    expect([b.started(), a.calledOff()]).toEqual([true, false]);
    b.answers();
    expect([await result, a.calledOff()]).toEqual(['second', true]);
  });
  it('the slow first one may still win', async () => {
    const { a, b, result } = stage();
    await vi.advanceTimersByTimeAsync(300);
    a.answers();
    expect([await result, b.calledOff()]).toEqual(['first', true]);
  });
  it('is asked at once when the first is away', async () => {
    const { a, b, result } = stage();
    a.isAway();
    await vi.advanceTimersByTimeAsync(0);
    expect(b.started()).toBe(true);
    b.answers();
    expect(await result).toBe('second');
  });
  it('both away is away', async () => {
    const { a, b, result } = stage();
    a.isAway();
    await vi.advanceTimersByTimeAsync(0);
    b.isAway();
    await rejectedWith('directory.unavailable', result);
  });
  it('the first away while the second is under way: the second is waited for', async () => {
    const { a, b, result } = stage();
    await vi.advanceTimersByTimeAsync(300);
    a.isAway();
    await vi.advanceTimersByTimeAsync(0);
    b.answers();
    expect(await result).toBe('second');
  });
  it('does not get to outvote a refused answer', async () => {
    const { a, b, result } = stage();
    a.isWrong();
    await rejectedWith('directory.answer', result);
    expect(b.started()).toBe(false);
  });
  it('nothing is started any more when the whole question was called off', async () => {
    const { a, b, whole, result } = stage();
    whole.abort();
    a.isAway();
    await rejectedWith('directory.unavailable', result);
    expect(b.started()).toBe(false);
  });
});
