/** Nodes that serve different versions are an alarm, after the time that a rollout takes (threats F10). */
import { describe, expect, it } from 'vitest';
import { disagreeing, exchangeVersions } from '../../../src/federation/review/nodes.ts';

const shared = () => {
  const values = new Map<string, string>();
  return { get: (name: string) => Promise.resolve(values.get(name)), set: (name: string, value: string) => Promise.resolve(void values.set(name, value)) };
};
describe('two nodes', () => {
  it('on one version agree, however long', async () => {
    const [store, clock] = [shared(), { time: 0, now: () => clock.time }];
    for (let round = 0; round < 10; round += 1) {
      clock.time += 15_000;
      await exchangeVersions('a', 'v1', store, clock);
      expect(disagreeing(await exchangeVersions('b', 'v1', store, clock), 'b', clock.now())).toEqual([]);
    }
  });
  it('on two versions are told of after a minute, not before, and no longer when the late one follows', async () => {
    const [store, clock] = [shared(), { time: 0, now: () => clock.time }];
    const both = async (a: string, b: string) => {
      clock.time += 15_000;
      await exchangeVersions('a', a, store, clock);
      return disagreeing(await exchangeVersions('b', b, store, clock), 'b', clock.now()).map(({ node }) => node);
    };
    await both('v1', 'v1');
    expect([await both('v1', 'v2'), await both('v1', 'v2'), await both('v1', 'v2')].flat()).toEqual([]);
    expect([await both('v1', 'v2'), await both('v1', 'v2')].at(-1)).toEqual([]);
    expect(await both('v1', 'v2')).toEqual(['a']);
    expect(await both('v2', 'v2')).toEqual([]);
  });
  it('one that is gone is forgotten; a store with something else in it is no reason to fail', async () => {
    const [store, clock] = [shared(), { time: 0, now: () => clock.time }];
    await exchangeVersions('a', 'v1', store, clock);
    clock.time += 121_000;
    expect(await exchangeVersions('b', 'v2', store, clock)).toHaveLength(1);
    await store.set('registry-nodes', '{torn');
    expect(await exchangeVersions('b', 'v2', store, clock)).toHaveLength(1);
  });
});
