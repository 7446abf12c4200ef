/**
 * Compare-and-set and its like, atomic in Redis. A session is one hash: `v` its version, `s` its sealed value, `x` its absolute end
 * in ms, other fields one service each. A transaction is a hash of `v` and `s`.
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
  /** KEYS name · ARGV window → count. */
  count: "local n=redis.call('INCR',KEYS[1]) if n==1 then redis.call('PEXPIRE',KEYS[1],ARGV[1]) end return n",
} as const;
export type ScriptName = keyof typeof scripts;
