/**
 * Redis: single, Sentinel or Cluster. Each call is one command or one script on one key, so that any topology serves it, and calls of
 * one tick leave in one round trip. Nothing waits longer than a second; nothing queues while Redis is away. Does not own: sealing.
 */
import { Redis, Cluster } from 'ioredis';
import { BrygganError, fail, isBrygganError } from '../../core/errors.ts';
import type { Clock, Log } from '../../core/ports.ts';
import type { LoginTransaction } from '../../login/transaction.ts';
import { fieldName, keyName } from '../names.ts';
import type { ServiceEntry, SsoSession, Stores, Versioned } from '../ports.ts';
import type { Sealer } from '../seal.ts';
import { scripts, type ScriptName } from './scripts.ts';

export interface RedisTarget {
  readonly url?: string;
  readonly sentinel?: { readonly name: string; readonly nodes: readonly { readonly host: string; readonly port: number }[] };
  readonly cluster?: readonly { readonly host: string; readonly port: number }[];
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string };
  readonly keyPrefix: string;
}
export interface RedisStoreOptions { readonly target: RedisTarget; readonly sealer: Sealer; readonly clock: Clock; readonly log: Log }
const WAIT_MILLISECONDS = 1000;
const RETRY_MILLISECONDS = 250;

const clientFor = (target: RedisTarget): Redis | Cluster => {
  const credentials = {
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.tls === undefined ? {} : { tls: { ...target.tls } }),
  };
  const options = {
    keyPrefix: `${target.keyPrefix}:`,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    connectTimeout: WAIT_MILLISECONDS,
    commandTimeout: WAIT_MILLISECONDS,
    maxRetriesPerRequest: 0,
    // For ever, in the background; calls fail at once meanwhile.
    retryStrategy: (): number => RETRY_MILLISECONDS,
    ...credentials,
  };
  if (target.cluster !== undefined) return new Cluster([...target.cluster], { redisOptions: { connectTimeout: options.connectTimeout, commandTimeout: options.commandTimeout, maxRetriesPerRequest: 0, ...credentials }, keyPrefix: options.keyPrefix, enableAutoPipelining: true, enableOfflineQueue: false, clusterRetryStrategy: () => RETRY_MILLISECONDS });
  if (target.sentinel !== undefined) return new Redis({ ...options, name: target.sentinel.name, sentinels: [...target.sentinel.nodes] });
  const { url } = target;
  if (url === undefined) return fail('store.configuration', 'no address of Redis: set store.url or REDIS_URL');
  return url.startsWith('unix://') ? new Redis({ ...options, path: url.slice('unix://'.length) }) : new Redis(url, options);
};

type Hash = readonly (Buffer | null)[];
/** Connects and waits at most a second for the first answer; a Redis that is away at start is an alarm, not a refusal. */
export const openRedisStores = async ({ target, sealer, clock, log }: RedisStoreOptions): Promise<Stores> => {
  const client = clientFor(target);
  let away = false;
  const note = (isAway: boolean, reason: string): void => {
    if (isAway === away) return;
    away = isAway;
    log[isAway ? 'error' : 'info']({ reason }, isAway ? 'the shared store is away' : 'the shared store is back');
  };
  client.on('error', (error: Error) => note(true, error.message));
  client.on('ready', () => note(false, 'ready'));
  for (const [name, lua] of Object.entries(scripts)) client.defineCommand(`bryggan_${name}`, { numberOfKeys: 1, lua });
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, WAIT_MILLISECONDS);
    client.once('ready', () => { clearTimeout(timer); resolve(); });
  });

  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (isBrygganError(error)) throw error;
      throw new BrygganError('store.unavailable', `Redis did not answer: ${error instanceof Error ? error.message : String(error)}`, {}, error);
    }
  };
  type Script = (...args: (string | Buffer | number)[]) => Promise<unknown>;
  const script = (name: ScriptName, ...args: (string | Buffer | number)[]): Promise<unknown> => (client as unknown as Record<string, Script>)[`bryggan_${name}Buffer`]?.call(client, ...args) ?? fail('internal', `script ${name} is not defined`);
  const versioned = <T>(name: string, [version, sealed]: Hash): Versioned<T> | undefined => (version == null || sealed == null ? undefined : { value: sealer.open(name, sealed) as T, version: Number(version.toString()) });
  const create = (name: string, value: unknown, expiresAt: number, ttl: number): Promise<unknown> => script('create', name, sealer.seal(name, value), expiresAt, Math.max(1, Math.round(ttl)));
  const replace = async (name: string, value: unknown, version: number): Promise<boolean> => (await script('replace', name, sealer.seal(name, value), String(version))) === 1;
  const entriesOf = (name: string, fields: Iterable<readonly [string, Buffer]>): ServiceEntry[] =>
    [...fields].filter(([field]) => field.length > 1).sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, sealed]) => sealer.open(fieldName(name, field), sealed) as ServiceEntry);

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
      end: (id) => guard(async () => {
        const name = keyName('session', id);
        const all = (await script('end', name)) as Buffer[];
        if (all.length === 0) return undefined;
        return entriesOf(name, Array.from({ length: all.length / 2 }, (_unused, at): [string, Buffer] => [String(all[2 * at]), all[2 * at + 1] ?? Buffer.alloc(0)]));
      }),
    },
    transactions: {
      create: (transaction) => guard(async () => { await create(keyName('transaction', transaction.id), transaction, transaction.expiresAt, transaction.expiresAt - clock.now()); }),
      find: (id) => guard(async () => versioned<LoginTransaction>(keyName('transaction', id), await client.hmgetBuffer(keyName('transaction', id), 'v', 's'))),
      replace: (transaction, version) => guard(() => replace(keyName('transaction', transaction.id), transaction, version)),
    },
    replay: {
      claim: (scope, key, text, seconds) => guard(async () => {
        const name = keyName('replay', scope, key);
        const before = await client.setBuffer(name, sealer.seal(name, text), 'EX', seconds, 'NX', 'GET');
        return before === null ? undefined : (sealer.open(name, before) as string);
      }),
    },
    rates: { increment: (scope, key, windowSeconds) => guard(async () => Number(await script('count', keyName('rate', scope, key), windowSeconds * 1000))) },
    shared: {
      get: (name) => guard(async () => {
        const key = keyName('shared', name);
        const sealed = await client.getBuffer(key);
        return sealed === null ? undefined : (sealer.open(key, sealed) as string);
      }),
      set: (name, value) => guard(async () => { await client.set(keyName('shared', name), sealer.seal(keyName('shared', name), value)); }),
    },
    health: () => client.ping().then((): 'up' => 'up', (): 'away' => 'away'),
    close: () => {
      client.disconnect();
      return Promise.resolve();
    },
  };
};
