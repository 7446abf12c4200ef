/** Redis as a stage: under the least rights that we tell operations to give, two connections for two nodes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { silentLog } from '../../../src/core/ports.ts';
import { rightsNeeded } from '../../../src/sessions/redis/inspect.ts';
import { openRedisStores } from '../../../src/sessions/redis/stores.ts';
import type { Stores } from '../../../src/sessions/ports.ts';
import { until } from '../../fixtures/ports.ts';
import { startRedis } from '../../fixtures/redis.ts';
import { firstKey, MovingClock, sealerOf, type StoreStage } from './store-stage.ts';

export const acl = ['user default on nopass ~* &* +@all', `user bryggan on >secret-of-the-test ~bryggan:* ${rightsNeeded}`];
export const redisStage = async (cluster: boolean): Promise<StoreStage> => {
  const server = await startRedis({ acl, cluster });
  const raw = new Redis({ path: server.url.slice('unix://'.length), retryStrategy: () => 50 });
  raw.on('error', () => undefined);
  const clock = new MovingClock();
  let keys: readonly Buffer[] = [firstKey];
  const open = (): Promise<Stores> => openRedisStores({
    target: { ...(cluster ? { cluster: [{ host: '127.0.0.1', port: server.port }] } : { url: server.url }), username: 'bryggan', password: 'secret-of-the-test', keyPrefix: 'bryggan' },
    sealer: sealerOf(keys), clock, log: silentLog,
  });
  let nodes: readonly [Stores, Stores] = [await open(), await open()];
  const answers = async (): Promise<boolean> => (await Promise.all(nodes.map((one) => one.health()))).every((state) => state === 'up');
  const allKeys = (): Promise<string[]> => raw.keys('*');
  const comeBack = async (): Promise<void> => { await server.start(); await until('both nodes are connected again', answers); };
  return {
    nodes: () => nodes, now: () => clock.now(),
    lying: async () => (await Promise.all((await allKeys()).map(async (key) => {
      const type = await raw.type(key);
      if (type === 'string') return [{ key, slot: '', value: (await raw.getBuffer(key)) ?? Buffer.alloc(0) }];
      return type === 'hash' ? Object.entries(await raw.hgetallBuffer(key)).map(([slot, value]) => ({ key, slot, value })) : [];
    }))).flat().filter(({ value }) => value[0] === 1 && value.length > 33),
    put: async ({ key, slot, value }) => { await (slot === '' ? raw.set(key, value, 'KEEPTTL') : raw.hset(key, slot, value)); },
    dump: async () => {
      const files = (path: string): string[] => readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(path, entry.name)) : entry.isFile() && entry.name !== 'users.acl' ? [readFileSync(join(path, entry.name), 'latin1')] : []));
      return [...(await allKeys()), ...files(server.directory)].join('\n');
    },
    pass: async (milliseconds) => {
      clock.pass(milliseconds);
      for (const key of await allKeys()) {
        const left = await raw.pttl(key);
        if (left >= 0) await raw.pexpire(key, left - milliseconds);
      }
    },
    restart: async () => { await server.halt(); await comeBack(); },
    reopen: async (next) => { keys = next; await Promise.all(nodes.map((one) => one.close())); nodes = [await open(), await open()]; },
    goAway: () => server.halt(),
    comeBack,
    close: async () => { await Promise.all(nodes.map((one) => one.close())); raw.disconnect(); await server.stop(); },
  };
};
