/**
 * Redis: single, Sentinel or Cluster. Each call is one command or one script on one key, so that any topology serves it, and calls of
 * one tick leave in one round trip. Nothing waits longer than a second; nothing queues while Redis is away. Does not own: sealing.
 */
import type { LoginTransaction } from '../../login/transaction.ts';
import { fieldName, keyName } from '../names.ts';
import type { ServiceEntry, SsoSession, Stores } from '../ports.ts';
import { openOrSkip } from '../seal.ts';
import { connectRedis, type Connection, type RedisStoreOptions } from './connection.ts';
import { oidcRecords } from './oidc-records.ts';
import { leasedRecords, records } from './records.ts';

export type { RedisTarget } from './connection.ts';

const SCAN_COUNT = 500;
const everySession = async function* ({ masters, prefix, guard, client, sealer }: Connection): AsyncGenerator<SsoSession> {
  for (const node of masters()) {
    let cursor = '0';
    do {
      const [next, names] = await guard(() => node.scan(cursor, 'MATCH', `${prefix}session:*`, 'COUNT', SCAN_COUNT));
      cursor = next;
      for (const full of names) {
        const name = full.slice(prefix.length);
        const sealed = await guard(() => client.hgetBuffer(name, 's'));
        const session = sealed === null ? undefined : (openOrSkip(sealer, name, sealed) as SsoSession | undefined);
        if (session !== undefined) yield session;
      }
    } while (cursor !== '0');
  }
};

export const openRedisStores = async (options: RedisStoreOptions): Promise<Stores> => {
  const connection = await connectRedis(options);
  const { client, sealer, clock, guard, health, script, versioned } = connection;
  const create = (name: string, value: unknown, expiresAt: number, ttl: number): Promise<unknown> => script('create', name, sealer.seal(name, value), expiresAt, Math.max(1, Math.round(ttl)));
  const replace = async (name: string, value: unknown, version: number): Promise<boolean> => (await script('replace', name, sealer.seal(name, value), String(version))) === 1;
  const entriesOf = (name: string, fields: Iterable<readonly [string, Buffer]>): ServiceEntry[] =>
    [...fields].filter(([field]) => field.length > 1).sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, sealed]) => sealer.open(fieldName(name, field), sealed) as ServiceEntry);
  const transactions = records<LoginTransaction>('transaction', connection);

  return {
    sessions: {
      create: (session, idleSeconds) => guard(async () => { await create(keyName('session', session.id), session, session.expiresAt, Math.min(idleSeconds * 1000, session.expiresAt - clock.now())); }),
      find: (id) => guard(async () => versioned<SsoSession>(keyName('session', id), await client.hmgetBuffer(keyName('session', id), 'v', 's'))),
      replace: (session, version) => guard(() => replace(keyName('session', session.id), session, version)),
      addService: (id, entry, idleSeconds) => guard(async () => {
        const name = keyName('session', id);
        const field = keyName('session', entry.key);
        return (await script('addField', name, field, sealer.seal(fieldName(name, field), entry), clock.now(), idleSeconds * 1000)) === 1;
      }),
      services: (id) => guard(async () => {
        const name = keyName('session', id);
        return entriesOf(name, Object.entries(await client.hgetallBuffer(name)));
      }),
      removeService: (id, key) => guard(async () => (await client.hdel(keyName('session', id), keyName('session', key))) === 1),
      all: () => everySession(connection),
      end: (id) => guard(async () => {
        const name = keyName('session', id);
        const all = (await script('end', name)) as Buffer[];
        if (all.length === 0) return undefined;
        return entriesOf(name, Array.from({ length: all.length / 2 }, (_unused, at): [string, Buffer] => [String(all[2 * at]), all[2 * at + 1] ?? Buffer.alloc(0)]));
      }),
    },
    transactions: {
      create: (transaction) => transactions.create(transaction.id, transaction, (transaction.expiresAt - clock.now()) / 1000),
      find: (id) => transactions.find(id),
      replace: (transaction, version) => transactions.replace(transaction.id, transaction, version),
    },
    logouts: records('logout', connection),
    movedSessions: records('moved', connection),
    replay: {
      claim: (scope, key, text, seconds) => guard(async () => {
        const name = keyName('replay', scope, key);
        const before = await client.setBuffer(name, sealer.seal(name, text), 'EX', seconds, 'NX', 'GET');
        return before === null ? undefined : (sealer.open(name, before) as string);
      }),
    },
    rates: { increment: (scope, key, windowSeconds) => guard(async () => Number(await script('count', keyName('rate', scope, key), windowSeconds * 1000))) },
    oidc: oidcRecords(connection),
    orders: leasedRecords('order', connection),
    shared: {
      get: (name) => guard(async () => {
        const key = keyName('shared', name);
        const sealed = await client.getBuffer(key);
        return sealed === null ? undefined : (sealer.open(key, sealed) as string);
      }),
      set: (name, value) => guard(async () => { await client.set(keyName('shared', name), sealer.seal(keyName('shared', name), value)); }),
    },
    health,
    close: () => {
      client.disconnect();
      return Promise.resolve();
    },
  };
};
