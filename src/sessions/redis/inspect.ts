/**
 * What production asks of a Redis before it is trusted (threats K03, K05): a user with no more rights than needed, no eviction, and a
 * log on disk, because a forgotten session is a nuisance and a forgotten replay note is a hole. Changes nothing on the server.
 */
import { Command, type Redis } from 'ioredis';

/** Rights of the ACL user, for `ACL SETUSER <name> on ><password> ~<prefix>:* …`. The contract suite runs under exactly these. */
export const rightsNeeded = [
  '+get', '+set', '+incr', '+hget', '+hmget', '+hgetall', '+hset', '+hsetnx', '+hincrby', '+hdel', '+scan', '+sadd', '+sismember', '+smembers',
  '+del', '+unlink', '+exists', '+pexpire', '+pttl', '+eval', '+evalsha', '+ping', '+info', '+acl|whoami', '+cluster|slots', '+cluster|info', '+readwrite',
].join(' ');

const fieldsOf = (info: string): ReadonlyMap<string, string> =>
  new Map(info.split('\r\n').flatMap((line): [string, string][] => {
    const at = line.indexOf(':');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
  }));
/** Harmless by itself; answered only to a user with rights that we do not need. Key names go as they stand, without our prefix. */
const mayToo = async (client: Redis, command: string, ...args: readonly string[]): Promise<boolean> => {
  try {
    await client.sendCommand(new Command(command, [...args], { replyEncoding: 'utf8' }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return false;
    // Rights are looked at before a cluster says where a key lives.
    if (error instanceof Error && error.message.startsWith('MOVED')) return true;
    throw error;
  }
};

/** Sentences that say what is wrong and what to do; none when all is well. Errors: those of the connection. */
export const inspectRedis = async (client: Redis, keyPrefix: string): Promise<readonly string[]> => {
  const faults: string[] = [];
  const user = String(await client.call('ACL', 'WHOAMI'));
  if (user === 'default') faults.push('the connection is that of the user `default`: make an ACL user of its own');
  const info = fieldsOf(await client.info());
  if (Number((info.get('redis_version') ?? '0').split('.')[0]) < 7) faults.push(`Redis ${info.get('redis_version') ?? 'of unknown version'}: use 7.0 or later`);
  if (info.get('maxmemory_policy') !== 'noeviction') faults.push(`maxmemory-policy is ${info.get('maxmemory_policy') ?? 'unknown'}: set noeviction, else sessions and replay notes vanish under pressure`);
  if (info.get('aof_enabled') !== '1') faults.push('nothing is kept over a restart: set appendonly yes, else replay notes are forgotten');
  if (Number(info.get('connected_slaves') ?? 0) > 0 && info.get('min_slaves_good_slaves') === undefined) faults.push('a primary cut off from its replicas would go on writing: set min-replicas-to-write 1');
  const excess = await Promise.all([mayToo(client, 'config', 'GET', 'maxmemory-policy'), mayToo(client, 'acl', 'LIST'), mayToo(client, 'sort_ro', `${keyPrefix}:none`)]);
  if (excess.some(Boolean)) faults.push(`the user ${user} has more rights than needed: give it only ${rightsNeeded}`);
  if (await mayToo(client, 'get', 'outside-the-prefix')) faults.push(`the user ${user} may read keys of others: limit it to ~${keyPrefix}:*`);
  return faults;
};
