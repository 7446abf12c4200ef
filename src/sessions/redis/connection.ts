/** The connection to Redis: bounded in everything, scripts defined, Redis's errors made ours. */
import { Redis, Cluster } from 'ioredis';
import { BrygganError, fail, isBrygganError } from '../../core/errors.ts';
import type { Clock, Log } from '../../core/ports.ts';
import type { Versioned } from '../ports.ts';
import type { Sealer } from '../seal.ts';
import { inspectRedis } from './inspect.ts';
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
export interface RedisStoreOptions {
  readonly target: RedisTarget;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
  /** Production: a server that `inspectRedis` finds fault with is not used, at start and after every reconnection. */
  readonly inspect?: boolean;
}
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
  if (target.sentinel !== undefined) return new Redis({ ...options, ...(target.tls === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: { ...target.tls } }), name: target.sentinel.name, sentinels: [...target.sentinel.nodes] });
  const { url } = target;
  if (url === undefined) return fail('store.configuration', 'no address of Redis: set store.url or REDIS_URL');
  return url.startsWith('unix://') ? new Redis({ ...options, path: url.slice('unix://'.length) }) : new Redis(url, options);
};

export type Hash = readonly (Buffer | null)[];
/** Connects and waits at most a second for the first answer; a Redis that is away at start is an alarm, not a refusal. */
export const connectRedis = async ({ target, sealer, clock, log, inspect = false }: RedisStoreOptions) => {
  const client = clientFor(target);
  const masters = (): readonly Redis[] => (client instanceof Cluster ? client.nodes('master') : [client]);
  let away = false;
  const note = (isAway: boolean, reason: string): void => {
    if (isAway === away) return;
    away = isAway;
    log[isAway ? 'error' : 'info']({ reason }, isAway ? 'the shared store is away' : 'the shared store is back');
  };
  /** Why the server that is connected is not used. */
  let refusal: string | null = inspect ? 'not inspected yet' : null;
  const look = async (): Promise<void> => {
    try {
      const faults = [...new Set((await Promise.all(masters().map((node) => inspectRedis(node, target.keyPrefix)))).flat())];
      refusal = faults.length === 0 ? null : faults.join('; ');
    } catch (error) {
      refusal = `the server could not be inspected: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (refusal !== null) log.error({ reason: refusal }, 'the shared store is not fit for production and not used');
  };
  client.on('error', (error: Error) => note(true, error.message));
  client.on('close', () => { if (inspect) refusal = 'not inspected yet'; });
  for (const [name, lua] of Object.entries(scripts)) client.defineCommand(`bryggan_${name}`, { numberOfKeys: 1, lua });
  let connected = false;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, WAIT_MILLISECONDS);
    client.on('ready', () => {
      note(false, 'ready');
      connected = true;
      void (inspect ? look() : Promise.resolve()).then(() => { clearTimeout(timer); resolve(); });
    });
  });
  if (connected && refusal !== null) {
    client.disconnect();
    return fail('config.production', `the store at hand is not fit for production: ${refusal}`);
  }

  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    if (refusal !== null) return fail('store.unavailable', `Redis is not used: ${refusal}`);
    try {
      return await work();
    } catch (error) {
      if (isBrygganError(error)) throw error;
      throw new BrygganError('store.unavailable', `Redis did not answer: ${error instanceof Error ? error.message : String(error)}`, {}, error);
    }
  };
  const health = (): Promise<'up' | 'away'> => (refusal === null ? client.ping().then(() => 'up' as const, () => 'away' as const) : Promise.resolve('away'));
  type Script = (...args: (string | Buffer | number)[]) => Promise<unknown>;
  const script = (name: ScriptName, ...args: (string | Buffer | number)[]): Promise<unknown> => (client as unknown as Record<string, Script>)[`bryggan_${name}Buffer`]?.call(client, ...args) ?? fail('internal', `script ${name} is not defined`);
  const versioned = <T>(name: string, [version, sealed]: Hash): Versioned<T> | undefined => (version == null || sealed == null ? undefined : { value: sealer.open(name, sealed) as T, version: Number(version.toString()) });
  return { client, sealer, clock, guard, health, script, versioned, masters, prefix: `${target.keyPrefix}:` };
};
export type Connection = Awaited<ReturnType<typeof connectRedis>>;
