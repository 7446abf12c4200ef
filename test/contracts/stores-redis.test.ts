/** What only Redis can do wrong: saying nothing, forgetting scripts, being open to others (threats K03, K05). */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Redis } from 'ioredis';
import { silentLog, systemClock } from '../../src/core/ports.ts';
import { rightsNeeded } from '../../src/sessions/redis/inspect.ts';
import { openRedisStores, type RedisTarget } from '../../src/sessions/redis/stores.ts';
import type { Stores } from '../../src/sessions/ports.ts';
import { until } from '../fixtures/ports.ts';
import { rejectedWith } from '../fixtures/refused.ts';
import { startRedis, startSentinel, type RedisServer } from '../fixtures/redis.ts';
import { acl } from './stages/store-redis.ts';
import { firstKey, sealerOf } from './stages/store-stage.ts';
import { entry, newSession } from './stages/store-values.ts';

const HOUR = 3600;
const least = { username: 'bryggan', password: 'secret-of-the-test' };
const open = async (target: Omit<RedisTarget, 'keyPrefix'>, inspect = false): Promise<Stores> => {
  const stores = await openRedisStores({ target: { keyPrefix: 'bryggan', ...target }, sealer: sealerOf([firstKey]), clock: systemClock, log: silentLog, inspect });
  onTestFinished(() => stores.close());
  return stores;
};
const serve = async (options: Parameters<typeof startRedis>[0]): Promise<RedisServer> => {
  const server = await startRedis(options);
  onTestFinished(() => server.stop());
  return server;
};
const asOperator = (server: RedisServer): Redis => {
  const client = new Redis({ path: server.url.slice('unix://'.length) });
  onTestFinished(() => { client.disconnect(); });
  return client;
};

describe('a connected Redis', () => {
  let server: RedisServer;
  beforeAll(async () => { server = await startRedis({ acl, args: ['--maxmemory-policy', 'noeviction'] }); });
  afterAll(() => server.stop());

  it('that says nothing is answered with store.unavailable by every one of fifty waiting calls, and is used again when it speaks', async () => {
    const stores = await open({ url: server.url, ...least });
    const session = newSession(Date.now());
    await stores.sessions.create(session, HOUR);
    server.freeze();
    onTestFinished(() => { server.thaw(); });
    const calls = Array.from({ length: 50 }, (_unused, index) => (index % 2 === 0 ? stores.sessions.find(session.id) : stores.sessions.addService(session.id, entry('a'), HOUR)));
    const results = await Promise.allSettled(calls);
    expect(new Set(results.map((result) => (result.status === 'rejected' ? (result.reason as { code: string }).code : 'answered')))).toEqual(new Set(['store.unavailable']));
    expect(await stores.health()).toBe('away');
    server.thaw();
    await until('it is used again', async () => (await stores.health()) === 'up');
    expect((await stores.sessions.find(session.id))?.value).toEqual(session);
  });
  it('that forgot our scripts is told them again', async () => {
    const stores = await open({ url: server.url, ...least });
    const session = newSession(Date.now());
    await stores.sessions.create(session, HOUR);
    await asOperator(server).script('FLUSH');
    await stores.sessions.create(newSession(Date.now()), HOUR);
    expect(await Promise.all(Array.from({ length: 20 }, () => stores.sessions.addService(session.id, entry('a'), HOUR)))).toEqual(Array.from({ length: 20 }, () => true));
  });
  it('away at start is an alarm, not a refusal; calls go through once it is there', async () => {
    const mine = await serve({});
    await mine.halt();
    const stores = await open({ url: mine.url });
    await rejectedWith('store.unavailable', stores.shared.get('x'));
    await mine.start();
    await until('it is used', async () => (await stores.health()) === 'up');
    expect(await stores.shared.get('x')).toBeUndefined();
  });
  it('a wrong password opens nothing', async () => {
    const stores = await open({ url: server.url, username: 'bryggan', password: 'wrong' });
    await rejectedWith('store.unavailable', stores.shared.get('x'));
    const twin = await open({ url: server.url, ...least });
    expect(await twin.shared.get('x')).toBeUndefined();
  });
});

describe('a Redis that dies (threats K05)', () => {
  /** Claims one key after another, over and over, until told to stop; a key is noted when its first claim was granted. */
  const claimUnderLoad = (stores: Stores) => {
    const granted = new Map<string, number>();
    let going = true;
    const work = Promise.all(Array.from({ length: 20 }, async (_unused, worker) => {
      for (let turn = 0; going; turn += 1) {
        const key = `${String(worker)}/${String(turn)}`;
        // The same message twice at once, as a replayed request would come.
        await Promise.all([0, 1].map(async () => {
          if ((await stores.replay.claim('load', key, 'first', HOUR).catch(() => 'refused')) === undefined) granted.set(key, (granted.get(key) ?? 0) + 1);
        }));
      }
    }));
    return { granted, stop: async () => { going = false; await work; } };
  };
  const noReplay = async (granted: ReadonlyMap<string, number>, stores: Stores): Promise<void> => {
    expect(granted.size).toBeGreaterThan(200);
    expect([...granted.values()].filter((times) => times > 1)).toEqual([]);
    for (const key of granted.keys()) expect(await stores.replay.claim('load', key, 'replayed', HOUR), key).toBe('first');
  };

  it('by kill -9 under load, and starts again: no request is accepted a second time', async () => {
    const server = await serve({});
    const stores = await open({ url: server.url });
    const load = claimUnderLoad(stores);
    await until('some are claimed', () => load.granted.size > 150);
    await server.kill9();
    await server.start();
    const before = load.granted.size;
    await until('it goes on by itself', () => load.granted.size > before + 50);
    await load.stop();
    await noReplay(load.granted, stores);
  });
  it('by kill -9 behind Sentinel: the replica takes over and knows what was granted, the store goes on by itself', async () => {
    const primary = await serve({ tcp: true, args: ['--repl-diskless-sync-delay', '0'] });
    const replica = await serve({ tcp: true, args: ['--replicaof', '127.0.0.1', String(primary.port)] });
    const sentinel = await startSentinel(primary.port);
    onTestFinished(() => sentinel.stop());
    const stores = await open({ sentinel: { name: 'bryggan', nodes: [{ host: '127.0.0.1', port: sentinel.port }] } });
    const session = newSession(Date.now());
    await stores.sessions.create(session, HOUR);
    expect(await stores.replay.claim('request', 'x', 'first', HOUR)).toBeUndefined();
    const atReplica = asOperator(replica);
    await until('the replica has both', async () => (await atReplica.dbsize()) === 2);
    await until('Sentinel knows the replica', () => sentinel.knowsReplica());
    await primary.kill9();
    await until('the replica has taken over', async () => (await stores.health()) === 'up' && (await atReplica.info('replication')).includes('role:master'));
    expect((await stores.sessions.find(session.id))?.value).toEqual(session);
    expect(await stores.replay.claim('request', 'x', 'again', HOUR)).toBe('first');
    expect(await stores.sessions.addService(session.id, entry('journal'), HOUR)).toBe(true);
  });
});

describe('in production a Redis is looked at before it is trusted (threats K03)', () => {
  const good = ['--maxmemory-policy', 'noeviction'];
  const refusal = async (options: Parameters<typeof startRedis>[0], credentials: Partial<typeof least> = least): Promise<string> => {
    const server = await serve(options);
    return (await rejectedWith('config.production', open({ url: server.url, ...credentials }, true))).detail;
  };
  it('one with a user of its own, least rights, noeviction and an append-only file is used', async () => {
    const server = await serve({ acl, args: good });
    const stores = await open({ url: server.url, ...least }, true);
    expect(await stores.health()).toBe('up');
    expect(await stores.replay.claim('a', 'b', 'c', 60)).toBeUndefined();
  });
  it('the user default is refused', async () => expect(await refusal({ acl, args: good }, {})).toContain('the user `default`'));
  it('a user with every right is refused', async () => expect(await refusal({ acl: [acl[0] ?? '', 'user bryggan on >secret-of-the-test ~bryggan:* +@all'], args: good })).toContain('more rights than needed'));
  it('a user with dangerous commands only beside its own is refused', async () => expect(await refusal({ acl: [acl[0] ?? '', `user bryggan on >secret-of-the-test ~bryggan:* ${rightsNeeded} +@dangerous -@admin`], args: good })).toContain('more rights than needed'));
  it('a user who may read keys of others is refused', async () => expect(await refusal({ acl: [acl[0] ?? '', `user bryggan on >secret-of-the-test ~* ${rightsNeeded}`], args: good })).toContain('keys of others'));
  it('a server that evicts is refused', async () => expect(await refusal({ acl, args: ['--maxmemory-policy', 'allkeys-lru'] })).toContain('maxmemory-policy is allkeys-lru'));
  it('a server that keeps nothing is refused', async () => expect(await refusal({ acl, args: [...good, '--appendonly', 'no'] })).toContain('appendonly'));
  it('one that turns unfit while it runs is used until it reconnects, then no more; fit again, it is used again', async () => {
    const server = await serve({ acl, args: good });
    const stores = await open({ url: server.url, ...least }, true);
    const operator = asOperator(server);
    const reconnect = async (): Promise<void> => { await operator.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'); };
    await operator.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await reconnect();
    await until('it is refused', () => stores.shared.get('x').then(() => false, (error: unknown) => String(error).includes('allkeys-lru')));
    expect(await stores.health()).toBe('away');
    await operator.config('SET', 'maxmemory-policy', 'noeviction');
    await reconnect();
    await until('it is used', async () => (await stores.health()) === 'up');
    expect(await stores.shared.get('x')).toBeUndefined();
  });
});
