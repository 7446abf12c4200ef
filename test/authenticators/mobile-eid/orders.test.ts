/** The order machine: one poll in flight over all nodes, the service's pace, outcomes written before anybody is told (threats I09, I12). */
import { describe, expect, it } from 'vitest';
import { BrygganError } from '../../../src/core/errors.ts';
import { complete, identity, LIFETIME, orderStage, pending, POLL, wish } from './stage.ts';

describe('an order', () => {
  it('is polled at the service’s pace however often it is looked at, and nothing is written while nothing changes', async () => {
    const stage = orderStage();
    const node = stage.node('a');
    const { id } = await node.start(wish);
    const written = stage.writes();
    for (let second = 0; second < 30; second += 1) {
      await stage.pass(1000);
      await Promise.all(Array.from({ length: 5 }, () => node.look(id)));
    }
    expect(stage.asked.polls).toBe(30_000 / POLL);
    expect([stage.writes(), stage.asked.most]).toEqual([written, 1]);
  });
  it('tells a new hint when the service says one, with one write', async () => {
    const stage = orderStage();
    const node = stage.node('a');
    const { id } = await node.start(wish);
    const written = stage.writes();
    stage.say(pending('user-sign'));
    await stage.pass(2 * POLL);
    expect(await node.look(id)).toMatchObject({ state: 'pending', hint: 'user-sign' });
    expect(stage.writes()).toBe(written + 1);
  });
  it('completes, and twenty takers at once get one outcome', async () => {
    const stage = orderStage();
    const node = stage.node('a');
    const { id } = await node.start(wish);
    stage.say(complete);
    await stage.pass(POLL);
    expect(await node.look(id)).toMatchObject({ state: 'complete', identity, deviceAddress: '192.0.2.1' });
    const taken = await Promise.all(Array.from({ length: 20 }, () => node.take(id)));
    expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await node.look(id)).toBeUndefined();
    expect(stage.asked.polls).toBe(1);
  });
  it('a pending one cannot be taken', async () => {
    const stage = orderStage();
    const node = stage.node('a');
    const { id } = await node.start(wish);
    expect(await node.take(id)).toBeUndefined();
    expect(await node.look(id)).toMatchObject({ state: 'pending' });
  });
  it('fails with the reason that the service gives, and is polled no more', async () => {
    const stage = orderStage();
    const node = stage.node('a');
    const { id } = await node.start(wish);
    stage.say({ kind: 'failed', reason: 'cancelled', detail: 'USER_CANCEL' });
    await stage.pass(4 * POLL);
    expect(await node.look(id)).toMatchObject({ state: 'failed', reason: 'cancelled' });
    expect(stage.asked.polls).toBe(1);
  });
  it('ends by our own clock when the service never ends it', async () => {
    const stage = orderStage();
    const node = stage.node('a');
    const { id } = await node.start(wish);
    for (let second = 0; second < LIFETIME + 10; second += 5) {
      await stage.pass(5000);
      await node.look(id);
    }
    expect(await node.look(id)).toMatchObject({ state: 'failed', reason: 'expired' });
  });
  it('whose credential is worth nothing fails; the twin that is judged good completes', async () => {
    const stage = orderStage();
    const strict = stage.node('a', () => Promise.reject(new BrygganError('card.revoked', 'revoked')));
    const { id } = await strict.start(wish);
    const twin = stage.node('b');
    const { id: good } = await twin.start(wish);
    stage.say(complete);
    await stage.pass(POLL);
    expect(await strict.look(id)).toMatchObject({ state: 'failed', reason: 'credential' });
    expect(await twin.look(good)).toMatchObject({ state: 'complete' });
  });
  it('that is cancelled is gone, its service told, and what arrives later is nobody’s', async () => {
    const stage = orderStage();
    const node = stage.node('a');
    const { id } = await node.start(wish);
    await node.cancel(id);
    stage.say(complete);
    await stage.pass(3 * POLL);
    expect([await node.look(id), stage.asked.cancels, stage.asked.polls]).toEqual([undefined, 1, 0]);
  });
  it('a service that does not answer has not said no: it is asked again', async () => {
    const stage = orderStage();
    const node = stage.node('a');
    const { id } = await node.start(wish);
    stage.say(() => Promise.reject(new BrygganError('mobile.unavailable', 'away')));
    await stage.pass(3 * POLL);
    expect(await node.look(id)).toMatchObject({ state: 'pending' });
    stage.say(complete);
    await stage.pass(POLL);
    expect(await node.look(id)).toMatchObject({ state: 'complete' });
  });
});

describe('an outcome', () => {
  it('that the service hands out once survives a store that is away: told when it is written, polled once', async () => {
    const stage = orderStage();
    const node = stage.node('a');
    const { id } = await node.start(wish);
    stage.say(complete);
    stage.failWrites(5);
    await stage.pass(POLL);
    stage.say({ kind: 'failed', reason: 'internal', detail: 'ALREADY_COLLECTED' });
    expect(await node.look(id)).toMatchObject({ state: 'pending' });
    await stage.pass(5000);
    expect(await node.look(id)).toMatchObject({ state: 'complete' });
    expect(stage.asked.polls).toBe(1);
  });
});

describe('two nodes', () => {
  it('one works on the order, the other sees the outcome; never two polls in flight', async () => {
    const stage = orderStage();
    const [a, b] = [stage.node('a'), stage.node('b')];
    const { id } = await a.start(wish);
    for (let round = 0; round < 5; round += 1) {
      await stage.pass(POLL);
      await Promise.all([a.look(id), b.look(id), b.look(id)]);
    }
    expect([stage.asked.polls, stage.asked.most]).toEqual([5, 1]);
    stage.say(complete);
    await stage.pass(POLL);
    expect(await b.look(id)).toMatchObject({ state: 'complete' });
  });
  it('a node that dies is replaced when its lease is over; the same node that starts again goes on at once', async () => {
    const stage = orderStage();
    const [a, b] = [stage.node('a'), stage.node('b')];
    const { id } = await a.start(wish);
    const { id: other } = await a.start(wish);
    a.die();
    await b.look(id);
    await stage.pass(2 * POLL);
    expect(stage.asked.polls).toBe(0);
    const again = stage.node('a');
    await again.look(other);
    await stage.pass(POLL);
    expect(stage.asked.polls).toBe(1);
    await stage.pass(45_000);
    await b.look(id);
    const before = stage.asked.polls;
    stage.say(complete);
    await stage.pass(POLL);
    expect(stage.asked.polls).toBeGreaterThan(before);
    expect(await b.look(id)).toMatchObject({ state: 'complete' });
  });
  it('an order that nobody looks at is given back, and the node that the browser comes back to goes on at once', async () => {
    const stage = orderStage();
    const [a, b] = [stage.node('a'), stage.node('b')];
    const { id } = await a.start(wish);
    await stage.pass(60_000);
    const { polls } = stage.asked;
    expect(polls).toBeLessThanOrEqual(14);
    await stage.pass(30_000);
    expect(stage.asked.polls).toBe(polls);
    stage.say(complete);
    await b.look(id);
    await stage.pass(POLL);
    expect(await b.look(id)).toMatchObject({ state: 'complete' });
  });
});
