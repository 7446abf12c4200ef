/** A source whose answers and silences a test decides, and a clock that it turns. */
import { fail } from '../../src/core/errors.ts';
import type { DirectoryPerson, PersonDirectory } from '../../src/directory/model.ts';

export class TestClock {
  #now = Date.UTC(2026, 5, 1);
  now(): number { return this.#now; }
  advance(seconds: number): void { this.#now += seconds * 1000; }
}
export interface TestSource extends PersonDirectory {
  /** What the next questions get. */
  says(answer: DirectoryPerson | undefined | 'away' | 'wrong'): void;
  readonly calls: () => number;
  /** From now on answers wait until `release`. */
  hold(): void;
  release(): void;
}
export const testSource = (initial?: DirectoryPerson): TestSource => {
  let current: DirectoryPerson | undefined | 'away' | 'wrong' = initial;
  let count = 0;
  let gate: { promise: Promise<void>; open: () => void } | undefined;
  return {
    says: (answer) => { current = answer; },
    calls: () => count,
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      gate = { promise: promise.then(() => undefined), open: () => resolve(undefined) };
    },
    release: () => {
      gate?.open();
      gate = undefined;
    },
    find: async () => {
      count += 1;
      const answer = current;
      await gate?.promise;
      if (answer === 'away') return fail('directory.unavailable', 'no answer');
      if (answer === 'wrong') return fail('directory.answer', 'somebody else');
      return answer;
    },
  };
};
