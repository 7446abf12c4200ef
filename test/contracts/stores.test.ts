/** What every store keeps to, whatever it lies in. Threats K01-K06, G04, I09. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, systemRandom } from '../../src/core/ports.ts';
import type { SessionId } from '../../src/core/ids.ts';
import type { Stores } from '../../src/sessions/ports.ts';
import { isBrygganError } from '../../src/core/errors.ts';
import { redisStage } from './stages/store-redis.ts';
import { sqliteStage } from './stages/store-sqlite.ts';
import { firstKey, secondKey, type StoreStage } from './stages/store-stage.ts';
import { entry, newSession, newTransaction, otherActing, secrets } from './stages/store-values.ts';

const HOUR = 3600;
const fifty = <T>(work: (index: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 50 }, (_unused, index) => work(index)));
const codeOf = (error: unknown): string => (isBrygganError(error) ? error.code : String(error));
const walked = async (stores: Stores): Promise<readonly string[]> => {
  const ids: string[] = [];
  for await (const { id } of stores.sessions.all()) ids.push(id);
  return ids;
};
const freshId = (): string => newId(systemRandom, 128);
/** Ids that would mean something to a store that believed them (threats K02). */
const oddIds = ['*', ':', '', 'a:b', 'line\nbreak\r\nDEL x', '{tag}', "'; DROP TABLE entry; --", '\u0000', '__proto__', 'å'.repeat(5000)];

const media: readonly (readonly [string, () => Promise<StoreStage>])[] = [['SQLite', sqliteStage], ['Redis', () => redisStage(false)], ['Redis Cluster', () => redisStage(true)]];
describe.each(media)('%s', (_name, build) => {
  let stage: StoreStage;
  beforeAll(async () => { stage = await build(); });
  afterAll(() => stage.close());
  const one = (): Stores => stage.nodes()[0];
  const other = (): Stores => stage.nodes()[1];
  /** Odd ones at one node, even ones at the other. */
  const either = (index: number): Stores => (index % 2 === 0 ? one() : other());

  describe('a session', () => {
    it('is found at the other node as it was created, and by no other id', async () => {
      const session = newSession(stage.now());
      await one().sessions.create(session, HOUR);
      expect(await other().sessions.find(session.id)).toEqual({ value: session, version: 1 });
      expect(await other().sessions.find(freshId() as SessionId)).toBeUndefined();
    });
    it('changes for exactly one of fifty writers who read the same version, and keeps its services', async () => {
      const session = newSession(stage.now());
      await one().sessions.create(session, HOUR);
      await one().sessions.addService(session.id, entry('journal'), HOUR);
      const won = await fifty((index) => either(index).sessions.replace(otherActing(session, `commission ${String(index)}`), 1));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await one().sessions.find(session.id)).toEqual({ value: otherActing(session, `commission ${String(won.indexOf(true))}`), version: 2 });
      expect(await other().sessions.services(session.id)).toEqual([entry('journal')]);
    });
    it('does not come back by a change after its end', async () => {
      const session = newSession(stage.now());
      await one().sessions.create(session, HOUR);
      await one().sessions.end(session.id);
      expect(await other().sessions.replace(session, 1)).toBe(false);
      expect(await other().sessions.addService(session.id, entry('journal'), HOUR)).toBe(false);
      expect([await one().sessions.find(session.id), await one().sessions.services(session.id)]).toEqual([undefined, []]);
    });
    it('forgets one service for exactly one of fifty callers, and keeps the others', async () => {
      const session = newSession(stage.now());
      await one().sessions.create(session, HOUR);
      for (const name of ['journal', 'labb']) await one().sessions.addService(session.id, entry(name), HOUR);
      expect((await fifty((index) => either(index).sessions.removeService(session.id, 'journal'))).filter(Boolean)).toHaveLength(1);
      expect(await other().sessions.services(session.id)).toEqual([entry('labb')]);
      expect(await one().sessions.removeService(freshId() as SessionId, 'labb')).toBe(false);
    });
    it('is met on a walk over all of them, for as long as it lives', async () => {
      const [kept, ended] = [newSession(stage.now()), newSession(stage.now())];
      for (const session of [kept, ended]) await one().sessions.create(session, HOUR);
      await one().sessions.end(ended.id);
      const seen = await walked(other());
      expect([seen.includes(kept.id), seen.includes(ended.id)]).toEqual([true, false]);
    });
    it('keeps every one of fifty services that fifty tabs add at once; the same one again is renewed', async () => {
      const session = newSession(stage.now());
      await one().sessions.create(session, HOUR);
      expect((await fifty((index) => either(index).sessions.addService(session.id, entry(`service-${String(index)}`), HOUR))).every(Boolean)).toBe(true);
      await one().sessions.addService(session.id, entry('service-7', 77), HOUR);
      const services = await other().sessions.services(session.id);
      expect(services.map(({ key }) => key).toSorted()).toEqual(Array.from({ length: 50 }, (_unused, index) => `service-${String(index)}`).toSorted());
      expect(services.find(({ key }) => key === 'service-7')?.answeredAt).toBe(77);
      expect((await one().sessions.find(session.id))?.version).toBe(1);
    });
    it('ends for exactly one of fifty callers, who gets all its services', async () => {
      const session = newSession(stage.now());
      await one().sessions.create(session, HOUR);
      for (const key of ['a', 'b', 'c']) await one().sessions.addService(session.id, entry(key), HOUR);
      const ended = (await fifty((index) => either(index).sessions.end(session.id))).filter((services) => services !== undefined);
      expect(ended.map((services) => services.map(({ key }) => key).toSorted())).toEqual([['a', 'b', 'c']]);
    });
    it('is gone when idle for its idle time; its twin that answered a service meanwhile is not', async () => {
      const [idle, used] = [newSession(stage.now(), { minutes: 600 }), newSession(stage.now(), { minutes: 600 })];
      for (const session of [idle, used]) await one().sessions.create(session, 600);
      await stage.pass(400_000);
      expect(await one().sessions.addService(used.id, entry('journal'), 600)).toBe(true);
      await stage.pass(400_000);
      expect(await one().sessions.find(idle.id)).toBeUndefined();
      expect(await one().sessions.end(idle.id)).toBeUndefined();
      expect((await other().sessions.find(used.id))?.value.id).toBe(used.id);
    });
    it('is gone at its absolute end however much it is used', async () => {
      const session = newSession(stage.now(), { minutes: 600 });
      await one().sessions.create(session, 30 * 60);
      let alive = 0;
      for (let minutes = 0; minutes < 700; minutes += 25) {
        if (await one().sessions.addService(session.id, entry('journal'), 30 * 60)) alive = minutes;
        await stage.pass(25 * 60_000);
      }
      expect(alive).toBeLessThanOrEqual(600);
      expect(await one().sessions.find(session.id)).toBeUndefined();
    });
  });

  describe('a transaction', () => {
    it('moves for exactly one of fifty tabs and nodes', async () => {
      const transaction = newTransaction(stage.now());
      await one().transactions.create(transaction);
      const won = await fifty((index) => either(index).transactions.replace({ ...transaction, handleHash: String(index) }, 1));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await other().transactions.find(transaction.id)).toEqual({ value: { ...transaction, handleHash: String(won.indexOf(true)) }, version: 2 });
      expect(await other().transactions.replace(transaction, 1)).toBe(false);
      expect(await other().transactions.replace(transaction, 2)).toBe(true);
    });
    it('is gone when its time is over, and no change prolongs it', async () => {
      const transaction = newTransaction(stage.now(), { minutes: 1 });
      await one().transactions.create(transaction);
      expect((await other().transactions.find(transaction.id))?.version).toBe(1);
      const logout = { id: freshId(), wish: null, unasked: false, asker: null, person: null, steps: [], startedAt: 1 };
      await one().logouts.create(logout.id, logout, 60);
      expect(await other().logouts.find(logout.id)).toEqual({ value: logout, version: 1 });
      await stage.pass(40_000);
      expect(await one().logouts.replace(logout.id, { ...logout, startedAt: 2 }, 1)).toBe(true);
      expect(await one().logouts.replace(logout.id, logout, 1)).toBe(false);
      await stage.pass(40_000);
      expect(await one().logouts.find(logout.id)).toBeUndefined();
      expect(await one().transactions.find(transaction.id)).toBeUndefined();
    });
  });

  describe('a replay note', () => {
    it('is left by exactly one of fifty, and all others are told what that one wrote', async () => {
      const key = freshId();
      const seen = await fifty((index) => either(index).replay.claim('request', key, `note ${String(index)}`, HOUR));
      const first = seen.indexOf(undefined);
      expect(seen.filter((note) => note === undefined)).toHaveLength(1);
      expect(new Set(seen.filter((note) => note !== undefined))).toEqual(new Set([`note ${String(first)}`]));
    });
    it('is another one in another scope, and is forgotten after its time', async () => {
      const key = freshId();
      expect(await one().replay.claim('a', key, 'first', 60)).toBeUndefined();
      expect(await other().replay.claim('a', key, 'second', 60)).toBe('first');
      expect(await other().replay.claim('b', key, 'second', 60)).toBeUndefined();
      await stage.pass(61_000);
      expect(await one().replay.claim('a', key, 'third', 60)).toBeUndefined();
    });
  });

  it('counts fifty at once as fifty, and begins anew after the window', async () => {
    const key = freshId();
    expect((await fifty((index) => either(index).rates.increment('start', key, 60))).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_unused, index) => index + 1));
    expect(await one().rates.increment('other', key, 60)).toBe(1);
    await stage.pass(61_000);
    expect(await one().rates.increment('start', key, 60)).toBe(1);
  });
  it('shares small values between nodes', async () => {
    expect(await one().shared.get('never set')).toBeUndefined();
    await one().shared.set('head', '1 abc');
    await one().shared.set('head', '2 def');
    expect(await other().shared.get('head')).toBe('2 def');
  });

  describe('a record of OpenID Connect', () => {
    const value = { grantId: 'g', claims: { sub: secrets.hsaId } };
    it('is consumed by exactly one of fifty and stays, marked, for whoever comes again (threats G04)', async () => {
      const id = freshId();
      expect(await one().oidc.put('AuthorizationCode', id, { value, seconds: 60 })).toBe(true);
      expect(await other().oidc.find('AuthorizationCode', id)).toEqual({ value, consumedAt: null });
      expect((await fifty((index) => either(index).oidc.consume('AuthorizationCode', id))).filter(Boolean)).toHaveLength(1);
      const used = await other().oidc.find('AuthorizationCode', id);
      expect(used?.value).toEqual(value);
      expect(used?.consumedAt).toBeGreaterThan(0);
      await one().oidc.put('AuthorizationCode', id, { value, seconds: 60 });
      expect(await other().oidc.consume('AuthorizationCode', id)).toBe(false);
    });
    it('is not there under another model, after its time, or after its removal', async () => {
      const id = freshId();
      await one().oidc.put('AccessToken', id, { value, seconds: 60 });
      expect([await one().oidc.find('RefreshToken', id), await one().oidc.consume('RefreshToken', id)]).toEqual([undefined, false]);
      await stage.pass(61_000);
      expect([await one().oidc.find('AccessToken', id), await one().oidc.consume('AccessToken', id)]).toEqual([undefined, false]);
      await one().oidc.put('AccessToken', id, { value, seconds: 60 });
      expect(await other().oidc.find('AccessToken', id)).toEqual({ value, consumedAt: null });
      await other().oidc.remove('AccessToken', id);
      expect(await one().oidc.find('AccessToken', id)).toBeUndefined();
    });
    it('goes with its grant, whoever adds to it in that moment; other grants stay', async () => {
      const [grant, bystander] = [freshId(), freshId()];
      await one().oidc.put('AccessToken', 'other', { value, seconds: HOUR, grant: bystander });
      const ids = Array.from({ length: 50 }, freshId);
      const put = Promise.all(ids.map((id, index) => either(index).oidc.put('AccessToken', id, { value, seconds: HOUR, grant })));
      await other().oidc.removeGrant(grant);
      await put;
      expect(await Promise.all(ids.map((id, index) => either(index).oidc.find('AccessToken', id)))).toEqual(ids.map(() => undefined));
      expect(await one().oidc.put('RefreshToken', freshId(), { value, seconds: HOUR, grant })).toBe(false);
      await one().oidc.removeGrant(grant);
      expect((await one().oidc.find('AccessToken', 'other'))?.value).toEqual(value);
      await one().oidc.remove('AccessToken', 'other');
    });
    it('is found by its alias, which follows it to a new id', async () => {
      const alias = freshId();
      const [before, after] = [freshId(), freshId()];
      await one().oidc.put('Session', before, { value, seconds: 60, alias });
      expect(await other().oidc.findByAlias('Session', alias)).toEqual({ id: before, value, consumedAt: null });
      await one().oidc.put('Session', after, { value, seconds: 60, alias });
      await one().oidc.remove('Session', before);
      expect((await other().oidc.findByAlias('Session', alias))?.id).toBe(after);
      expect(await other().oidc.findByAlias('Interaction', alias)).toBeUndefined();
      await stage.pass(61_000);
      expect(await other().oidc.findByAlias('Session', alias)).toBeUndefined();
    });
  });

  describe('an order on a phone', () => {
    it('is worked on by one of fifty at a time over all nodes; all see it as it stands (threats I09)', async () => {
      const id = freshId();
      await one().orders.create(id, { state: 'waiting' }, 300);
      const leases = await fifty((index) => either(index).orders.lease(id, `holder ${String(index)}`, 10_000));
      expect(leases.filter((lease) => lease?.granted)).toHaveLength(1);
      expect(leases.every((lease) => lease?.value['state'] === 'waiting')).toBe(true);
      const holder = `holder ${String(leases.findIndex((lease) => lease?.granted))}`;
      expect(await other().orders.settle(id, 'somebody else', { state: 'stolen' }, 0)).toBe(false);
      expect(await other().orders.settle(id, holder, { state: 'scanned' }, 0)).toBe(true);
      expect(await one().orders.settle(id, holder, { state: 'twice' }, 0)).toBe(false);
      expect(await one().orders.find(id)).toEqual({ value: { state: 'scanned' }, version: 2 });
      expect((await one().orders.lease(id, 'next', 10_000))?.granted).toBe(true);
    });
    it('rests after each answer for the pause, and is free again when a holder died', async () => {
      const id = freshId();
      await one().orders.create(id, { state: 'waiting' }, 300);
      expect((await one().orders.lease(id, 'first', 10_000))?.granted).toBe(true);
      await one().orders.settle(id, 'first', { state: 'asked' }, 2000);
      expect((await other().orders.lease(id, 'second', 10_000))?.granted).toBe(false);
      await stage.pass(2500);
      expect((await other().orders.lease(id, 'second', 10_000))?.granted).toBe(true);
      await stage.pass(11_000);
      expect((await one().orders.lease(id, 'third', 10_000))?.granted).toBe(true);
      expect(await other().orders.settle(id, 'second', { state: 'late' }, 0)).toBe(false);
    });
    it('is taken by exactly one of fifty, changes by compare-and-set, and is gone after its time', async () => {
      const id = freshId();
      await one().orders.create(id, { state: 'complete' }, 300);
      expect((await fifty((index) => either(index).orders.replace(id, { by: index }, 1))).filter(Boolean)).toHaveLength(1);
      expect((await fifty((index) => either(index).orders.take(id))).filter((value) => value !== undefined)).toHaveLength(1);
      expect([await one().orders.find(id), await one().orders.lease(id, 'x', 1000), await one().orders.settle(id, 'x', {}, 0), await one().orders.replace(id, {}, 2)]).toEqual([undefined, undefined, false, false]);
      await one().orders.create(id, { state: 'again' }, 60);
      expect((await one().orders.lease(id, 'y', 1000))?.granted).toBe(true);
      await stage.pass(61_000);
      expect([await one().orders.find(id), await one().orders.lease(id, 'z', 1000)]).toEqual([undefined, undefined]);
    });
  });

  it('odd ids name what they name and nothing else (threats K02)', async () => {
    for (const id of oddIds) {
      expect(await one().orders.find(id)).toBeUndefined();
      await one().orders.create(id, { id }, HOUR);
      await one().sessions.create(newSession(stage.now(), { id }), HOUR);
      await one().replay.claim(id, id, id, HOUR);
    }
    for (const id of oddIds) {
      expect((await other().orders.find(id))?.value).toEqual({ id });
      expect((await other().sessions.find(id as SessionId))?.value.id).toBe(id);
      expect(await other().replay.claim(id, id, 'again', HOUR)).toBe(id);
    }
  });

  it('nothing about a person, no id and no secret is readable in the medium (threats K04, K06, M01)', async () => {
    const session = newSession(stage.now());
    const transaction = newTransaction(stage.now());
    const code = freshId();
    await one().sessions.create(session, HOUR);
    await one().sessions.addService(session.id, entry('journal'), HOUR);
    await one().transactions.create(transaction);
    await one().replay.claim('request', secrets.note, secrets.note, HOUR);
    await one().rates.increment('person', secrets.number, HOUR);
    await one().oidc.put('AuthorizationCode', code, { value: { sub: secrets.hsaId }, seconds: HOUR, grant: secrets.nameId, alias: secrets.name });
    await one().orders.create(code, { person: secrets.number }, HOUR);
    await one().shared.set(secrets.name, secrets.name);
    const dump = await stage.dump();
    expect(dump.length).toBeGreaterThan(1000);
    for (const secret of [...Object.values(secrets), 'Berglund', session.id, transaction.id, code, firstKey.toString('latin1')]) expect(dump.includes(secret), secret).toBe(false);
  });

  describe('a stored value', () => {
    const setUp = async () => {
      const [mine, yours] = [newSession(stage.now()), newSession(stage.now())];
      const before = new Set((await stage.lying()).map(({ key }) => key));
      await one().sessions.create(mine, HOUR);
      await one().sessions.create(yours, HOUR);
      const [first, second] = (await stage.lying()).filter(({ key }) => !before.has(key));
      if (first === undefined || second === undefined) throw new Error('two values were expected');
      const found = (id: SessionId) => one().sessions.find(id);
      return { mine, yours, first, second, found, both: () => Promise.all([mine, yours].map(({ id }) => found(id).then(() => 'opens', codeOf))) };
    };
    it('with any byte changed is refused; unchanged it opens (threats K04)', async () => {
      const { first, both } = await setUp();
      expect(await both()).toEqual(['opens', 'opens']);
      for (const at of [0, 1, 5, 17, 33, first.value.length - 1]) {
        const bytes = Buffer.from(first.value);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        await stage.put({ ...first, value: bytes });
        expect((await both()).toSorted(), `byte ${String(at)}`).toEqual(['opens', 'store.sealed-value']);
      }
      await stage.put({ ...first, value: first.value.subarray(0, 20) });
      expect((await both()).toSorted()).toEqual(['opens', 'store.sealed-value']);
      await stage.put(first);
      expect(await both()).toEqual(['opens', 'opens']);
    });
    it('copied to or swapped with another name is refused (threats K04)', async () => {
      const { first, second, both } = await setUp();
      await stage.put({ ...second, value: first.value });
      expect((await both()).toSorted()).toEqual(['opens', 'store.sealed-value']);
      await stage.put({ ...first, value: second.value });
      expect(await both()).toEqual(['store.sealed-value', 'store.sealed-value']);
    });
    it('of one session’s service put into another session, or under another field, is refused', async () => {
      const { mine, yours } = await setUp();
      await one().sessions.addService(mine.id, entry('a'), HOUR);
      await one().sessions.addService(mine.id, entry('b'), HOUR);
      await one().sessions.addService(yours.id, entry('a'), HOUR);
      const fields = (await stage.lying()).filter(({ slot }) => slot.startsWith('session:'));
      const sameSession = fields.filter(({ key }) => fields.filter((field) => field.key === key).length === 2);
      const [a, b] = sameSession;
      if (a === undefined || b === undefined) throw new Error('two fields were expected');
      expect((await one().sessions.services(mine.id)).length).toBe(2);
      await stage.put({ ...a, value: b.value });
      await expect(one().sessions.services(mine.id)).rejects.toMatchObject({ code: 'store.sealed-value' });
      await stage.put(a);
      const elsewhere = fields.find(({ key, slot }) => key !== a.key && (slot === a.slot || slot === b.slot));
      if (elsewhere === undefined) throw new Error('a third field was expected');
      expect((await one().sessions.services(yours.id)).length).toBe(1);
      await stage.put({ ...elsewhere, value: a.slot === elsewhere.slot ? a.value : b.value });
      await expect(one().sessions.services(yours.id)).rejects.toMatchObject({ code: 'store.sealed-value' });
    });
  });

  it('a new sealing key beside the old one: what was sealed before opens, and after the old one is gone it does not', async () => {
    const [before, after] = [newSession(stage.now()), newSession(stage.now())];
    await one().sessions.create(before, HOUR);
    await stage.reopen([secondKey, firstKey]);
    expect((await other().sessions.find(before.id))?.value).toEqual(before);
    await one().sessions.create(after, HOUR);
    await stage.reopen([secondKey]);
    expect((await other().sessions.find(after.id))?.value).toEqual(after);
    await expect(other().sessions.find(before.id)).rejects.toMatchObject({ code: 'store.sealed-value' });
    await stage.reopen([firstKey]);
    expect((await other().sessions.find(before.id))?.value).toEqual(before);
  });
  it('a restart keeps sessions, services, replay notes, records and orders', async () => {
    const session = newSession(stage.now());
    const id = freshId();
    await one().sessions.create(session, HOUR);
    await one().sessions.addService(session.id, entry('journal'), HOUR);
    await one().replay.claim('request', id, 'noted', HOUR);
    await one().oidc.put('AuthorizationCode', id, { value: {}, seconds: HOUR });
    await one().oidc.consume('AuthorizationCode', id);
    await one().orders.create(id, { state: 'waiting' }, HOUR);
    await stage.restart();
    expect((await one().sessions.find(session.id))?.value).toEqual(session);
    expect(await one().sessions.services(session.id)).toEqual([entry('journal')]);
    expect(await one().replay.claim('request', id, 'again', HOUR)).toBe('noted');
    expect(await one().oidc.consume('AuthorizationCode', id)).toBe(false);
    expect((await one().orders.find(id))?.value).toEqual({ state: 'waiting' });
  });
  it('away: every port says so and none hangs; back: it goes on by itself', async () => {
    const session = newSession(stage.now());
    await one().sessions.create(session, HOUR);
    await stage.goAway();
    const stores = one();
    const tries: readonly (() => Promise<unknown>)[] = [
      () => stores.sessions.create(session, HOUR), () => stores.sessions.find(session.id), () => stores.sessions.replace(session, 1), () => stores.sessions.addService(session.id, entry('a'), HOUR),
      () => stores.sessions.services(session.id), () => stores.sessions.end(session.id), () => stores.transactions.create(newTransaction(stage.now())), () => stores.transactions.find(newTransaction(0).id),
      () => stores.transactions.replace(newTransaction(stage.now()), 1), () => stores.logouts.find('x'), () => stores.movedSessions.find('x'), () => stores.replay.claim('a', 'b', 'c', 1), () => stores.rates.increment('a', 'b', 1),
      () => stores.shared.get('a'), () => stores.shared.set('a', 'b'), () => stores.oidc.put('A', 'b', { value: {}, seconds: 1, grant: 'g', alias: 'a' }), () => stores.oidc.find('A', 'b'), () => stores.oidc.findByAlias('A', 'b'),
      () => stores.oidc.consume('A', 'b'), () => stores.oidc.remove('A', 'b'), () => stores.oidc.removeGrant('g'), () => stores.orders.create('a', {}, 1), () => stores.orders.find('a'), () => stores.orders.take('a'),
      () => stores.orders.lease('a', 'h', 1), () => stores.orders.settle('a', 'h', {}, 1), () => stores.orders.replace('a', {}, 1),
    ];
    const codes = await Promise.all(tries.map((attempt) => attempt().then(() => 'answered', codeOf)));
    expect(codes).toEqual(tries.map(() => 'store.unavailable'));
    expect(await stores.health()).toBe('away');
    await stage.comeBack();
    expect((await one().sessions.find(session.id))?.value).toEqual(session);
    expect(await one().health()).toBe('up');
  });
});
