/**
 * Compare-and-set and its like, atomic in Redis. A session is one hash: `v` its version, `s` its sealed value, `x` its absolute end
 * in ms, other fields one service each. A transaction is a hash of `v` and `s`. A record of OpenID Connect is a hash of `s` and, once consumed,
 * `c`; a grant is the set of its records' names, `!` in it says that it was removed. What is under way has its holder in `h` until `u`.
 */
export const scripts = {
  /** KEYS name · ARGV value, expected version → 1, or 0 when somebody was first. */
  replace: "if redis.call('HGET',KEYS[1],'v')~=ARGV[2] then return 0 end redis.call('HSET',KEYS[1],'s',ARGV[1]) redis.call('HINCRBY',KEYS[1],'v',1) return 1",
  /** KEYS name · ARGV value, absolute end, ttl → 1. */
  create: "redis.call('DEL',KEYS[1]) redis.call('HSET',KEYS[1],'v','1','s',ARGV[1],'x',ARGV[2]) redis.call('PEXPIRE',KEYS[1],ARGV[3]) return 1",
  /** KEYS name · ARGV field, value, now, idle → 1, or 0 when the session is gone. The idle time begins anew, never past the absolute end. */
  addField: "local x=redis.call('HGET',KEYS[1],'x') if not x then return 0 end redis.call('HSET',KEYS[1],ARGV[1],ARGV[2]) redis.call('PEXPIRE',KEYS[1],math.max(1,math.min(tonumber(ARGV[4]),tonumber(x)-tonumber(ARGV[3])))) return 1",
  /** KEYS name → all fields, to exactly one caller. */
  end: "local all=redis.call('HGETALL',KEYS[1]) redis.call('DEL',KEYS[1]) return all",
  /** KEYS name · ARGV value, ttl → 1. Keeps `c`. */
  putRecord: "redis.call('HSET',KEYS[1],'s',ARGV[1]) redis.call('PEXPIRE',KEYS[1],ARGV[2]) return 1",
  /** KEYS name · ARGV now → 1 to exactly one caller, 0 when it is gone or was consumed. */
  consume: "if redis.call('EXISTS',KEYS[1])==0 then return 0 end return redis.call('HSETNX',KEYS[1],'c',ARGV[1])",
  /** KEYS grant · ARGV name, ttl → 1, or 0 when the grant was removed. Lives as long as its longest record. */
  addToGrant: "if redis.call('SISMEMBER',KEYS[1],'!')==1 then return 0 end redis.call('SADD',KEYS[1],ARGV[1]) if redis.call('PTTL',KEYS[1])<tonumber(ARGV[2]) then redis.call('PEXPIRE',KEYS[1],ARGV[2]) end return 1",
  /** KEYS grant · ARGV ttl → names of its records. */
  removeGrant: "local all=redis.call('SMEMBERS',KEYS[1]) redis.call('SADD',KEYS[1],'!') if redis.call('PTTL',KEYS[1])<tonumber(ARGV[1]) then redis.call('PEXPIRE',KEYS[1],ARGV[1]) end return all",
  /** KEYS name → sealed value, to exactly one caller. */
  take: "local s=redis.call('HGET',KEYS[1],'s') redis.call('DEL',KEYS[1]) return s",
  /** KEYS name · ARGV holder, now, until → granted, version, value; nothing when it is gone. */
  lease: "local f=redis.call('HMGET',KEYS[1],'v','s','h','u') if not f[1] then return false end local g=0 if not f[3] or f[3]==ARGV[1] or tonumber(f[4])<=tonumber(ARGV[2]) then g=1 redis.call('HSET',KEYS[1],'h',ARGV[1],'u',ARGV[3]) end return {g,f[1],f[2]}",
  /** KEYS name · ARGV holder, value, free from → 1, or 0 when another has the lease. */
  settle: "if redis.call('HGET',KEYS[1],'h')~=ARGV[1] then return 0 end redis.call('HSET',KEYS[1],'s',ARGV[2],'h','','u',ARGV[3]) redis.call('HINCRBY',KEYS[1],'v',1) return 1",
  /** KEYS name · ARGV window → count. */
  count: "local n=redis.call('INCR',KEYS[1]) if n==1 then redis.call('PEXPIRE',KEYS[1],ARGV[1]) end return n",
} as const;
export type ScriptName = keyof typeof scripts;
