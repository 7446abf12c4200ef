import { describe, expect, it } from 'vitest';
import { withBreaker } from '../../src/directory/breaker.ts';
import type { PersonKey } from '../../src/directory/model.ts';
import { rejectedWith } from '../fixtures/refused.ts';
import { hsaId, person } from './people.ts';
import { TestClock, testSource } from './source.ts';

const key: PersonKey = { kind: 'hsa-id', hsaId: hsaId('POST1') };
const stage = () => {
  const clock = new TestClock();
  const source = testSource(person());
  const states: string[] = [];
  const guarded = withBreaker(source, { failures: 3, restSeconds: 30, clock, onChange: (state) => states.push(state) });
  const away = async (times: number) => { for (let i = 0; i < times; i += 1) await rejectedWith('directory.unavailable', guarded.find(key)); };
  return { clock, source, guarded, states, away };
};

describe('circuit breaker', () => {
  it('stops asking after three failures in a row, and refuses at once', async () => {
    const { source, away, states } = stage();
    source.says('away');
    await away(10);
    expect([source.calls(), states]).toEqual([3, ['open']]);
  });
  it('failures that are not in a row do not add up', async () => {
    const { source, guarded, away, states } = stage();
    for (let i = 0; i < 5; i += 1) {
      source.says('away');
      await away(2);
      source.says(person());
      await guarded.find(key);
    }
    expect(states).toEqual([]);
  });
  it('a refused answer, and no such person, are answers', async () => {
    const { source, guarded, states } = stage();
    source.says('wrong');
    for (let i = 0; i < 5; i += 1) await rejectedWith('directory.answer', guarded.find(key));
    source.says(undefined);
    expect([await guarded.find(key), states]).toEqual([undefined, []]);
  });
  it('one question tries after the rest, all others are still refused meanwhile', async () => {
    const { source, guarded, clock, away, states } = stage();
    source.says('away');
    await away(3);
    clock.advance(30);
    source.says(person());
    source.hold();
    const probe = guarded.find(key);
    await away(5);
    source.release();
    expect([(await probe)?.employments.length, source.calls(), states]).toEqual([1, 4, ['open', 'closed']]);
    expect(await guarded.find(key)).toBeDefined();
  });
  it('rests again when the try fails', async () => {
    const { source, clock, away, states } = stage();
    source.says('away');
    await away(3);
    clock.advance(30);
    await away(2);
    clock.advance(29);
    await away(1);
    expect([source.calls(), states]).toEqual([4, ['open']]);
  });
});
