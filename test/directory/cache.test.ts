import { describe, expect, it } from 'vitest';
import { defaultLifetimes, withCache, type CacheSettings } from '../../src/directory/cache.ts';
import type { PersonKey } from '../../src/directory/model.ts';
import { rejectedWith } from '../fixtures/refused.ts';
import { commission, hsaId, number, person, post } from './people.ts';
import { TestClock, testSource } from './source.ts';

const key: PersonKey = { kind: 'hsa-id', hsaId: hsaId('POST1') };
const other: PersonKey = { kind: 'personal-identity-number', number };
const stage = (change: Partial<CacheSettings> = {}) => {
  const clock = new TestClock();
  const source = testSource(person({ asOf: clock.now() }));
  const events: string[] = [];
  const cache = withCache(source, {
    kinds: ['post', 'commissions', 'professional', 'roles'], lifetimes: defaultLifetimes, absenceSeconds: 30, staleSeconds: { loa1: 7200, loa2: 7200, loa3: 3600, loa4: 0 },
    maxPeople: 100, feigned: 'keep', clock, observe: (event) => events.push(event), ...change,
  });
  return { clock, source, cache, events };
};

describe('lifetime', () => {
  it('ten thousand questions about one person within it are one question to the source', async () => {
    const { cache, source } = stage();
    for (let i = 0; i < 10_000; i += 1) await cache.find(key);
    expect(source.calls()).toBe(1);
  });
  it('is the shortest among the kinds that the source answers for', async () => {
    const ages = async (kinds: CacheSettings['kinds'], seconds: number) => {
      const { cache, source, clock } = stage({ kinds });
      await cache.find(key);
      clock.advance(seconds);
      await cache.find(key);
      return source.calls();
    };
    expect([await ages(['post', 'commissions'], 299), await ages(['post', 'commissions'], 300), await ages(['post'], 300), await ages(['professional'], 3599)]).toEqual([1, 2, 1, 1]);
  });
  it('of "no such person" is its own', async () => {
    const { cache, source, clock } = stage();
    source.says(undefined);
    expect(await cache.find(key)).toBeUndefined();
    clock.advance(29);
    await cache.find(key);
    expect(source.calls()).toBe(1);
    source.says(person());
    clock.advance(1);
    expect(await cache.find(key)).toBeDefined();
  });
  it('keeps people apart, and one HSA-id together whatever its case (threats J07)', async () => {
    const { cache, source } = stage();
    await cache.find(key);
    await cache.find(other);
    await cache.find({ kind: 'hsa-id', hsaId: 'se2321000131-post1' as never });
    expect(source.calls()).toBe(2);
  });
  it('does not outlive the dates: what ended since is gone from a remembered answer', async () => {
    const { cache, source, clock } = stage();
    source.says(person({ employments: [post({ commissions: [commission({ validTo: clock.now() + 60_000 })] })] }));
    const count = async () => (await cache.find(key))!.employments[0]!.commissions.length;
    expect(await count()).toBe(1);
    clock.advance(60);
    expect([await count(), source.calls()]).toEqual([0, 1]);
  });
  it('the longest unused go first when there are too many', async () => {
    const { cache, source } = stage({ maxPeople: 1 });
    await cache.find(key);
    await cache.find(other);
    await cache.find(key);
    expect(source.calls()).toBe(3);
  });
  it('ends when somebody is forgotten (threats J07)', async () => {
    const { cache, source } = stage();
    await cache.find(key);
    cache.forget(key);
    await cache.find(key);
    expect(source.calls()).toBe(2);
  });
});

describe('single flight', () => {
  it('fifty tabs of one person are one question', async () => {
    const { cache, source, events } = stage();
    source.hold();
    const all = Array.from({ length: 50 }, () => cache.find(key));
    source.release();
    expect((await Promise.all(all)).every((found) => found !== undefined)).toBe(true);
    expect([source.calls(), events.filter((event) => event === 'joined').length]).toEqual([1, 49]);
  });
  it('all who wait hear of the failure, and the next one asks again', async () => {
    const { cache, source } = stage();
    source.says('away');
    source.hold();
    const both = [cache.find(key), cache.find(key)];
    source.release();
    await Promise.all(both.map((each) => rejectedWith('directory.unavailable', each)));
    source.says(person());
    expect(await cache.find(key)).toBeDefined();
  });
  it('an answer under way when the person was forgotten serves who waits, and nobody after', async () => {
    const { cache, source } = stage();
    source.hold();
    const before = cache.find(key);
    cache.forget(key);
    source.release();
    expect(await before).toBeDefined();
    source.says(undefined);
    expect([await cache.find(key), source.calls()]).toEqual([undefined, 2]);
  });
  it('an answer under way when the person was forgotten is not remembered, also when somebody has asked again since', async () => {
    const { cache, source } = stage();
    source.hold();
    const before = cache.find(key);
    cache.forget(key);
    source.says(undefined);
    const after = cache.find(key);
    source.release();
    expect([(await before) === undefined, await after, await cache.find(key)]).toEqual([false, undefined, undefined]);
  });
});

describe('while the source is away', () => {
  const aged = async (seconds: number, change: Partial<CacheSettings> = {}) => {
    const made = stage(change);
    await made.cache.find(key);
    made.clock.advance(seconds);
    made.source.says('away');
    return made;
  };
  it('older facts serve, marked as stale, within the limit of the level', async () => {
    const { cache } = await aged(3599);
    expect(await cache.find(key, { level: 'loa3' })).toMatchObject({ stale: true, asOf: Date.UTC(2026, 5, 1) });
  });
  it('not beyond it, and a lower level may have a longer one', async () => {
    const { cache } = await aged(3600);
    await rejectedWith('directory.unavailable', cache.find(key, { level: 'loa3' }));
    expect((await cache.find(key, { level: 'loa2' }))?.stale).toBe(true);
  });
  it('never at a level whose limit is nothing', async () => {
    const { cache } = await aged(301);
    await rejectedWith('directory.unavailable', cache.find(key, { level: 'loa4' }));
  });
  it('the strictest limit holds for who does not say the level', async () => {
    const { cache } = await aged(301);
    await rejectedWith('directory.unavailable', cache.find(key));
    expect((await (await aged(301, { staleSeconds: { loa1: 400, loa2: 400, loa3: 400, loa4: 400 } })).cache.find(key))?.stale).toBe(true);
  });
  it('fresh facts are not called stale', async () => {
    const { cache, source } = await aged(10);
    expect([(await cache.find(key))?.stale, source.calls()]).toEqual([false, 1]);
  });
  it('somebody never seen is not made up, and "no such person" does not serve as an older fact', async () => {
    const { cache, source, clock } = stage();
    source.says(undefined);
    await cache.find(key);
    clock.advance(31);
    source.says('away');
    await rejectedWith('directory.unavailable', cache.find(key, { level: 'loa1' }));
    await rejectedWith('directory.unavailable', cache.find(other, { level: 'loa1' }));
  });
  it('a refused answer is not papered over with an older one (threats J03)', async () => {
    const { cache, source } = await aged(301);
    source.says('wrong');
    await rejectedWith('directory.answer', cache.find(key, { level: 'loa1' }));
  });
  it('what ended since is gone from a stale answer too', async () => {
    const { cache, source, clock } = stage();
    source.says(person({ employments: [post({ validTo: clock.now() + 500_000 })] }));
    await cache.find(key);
    clock.advance(500);
    source.says('away');
    expect(await cache.find(key, { level: 'loa1' })).toBeUndefined();
  });
});
