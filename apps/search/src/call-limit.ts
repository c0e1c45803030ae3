import { randomUUID } from 'node:crypto';
import type { Redis } from '@updraft/store';

/** At most `max` calls within any `perMs`, counted in Redis over all instances. */
export interface CallLimit {
  /** True when every name has a call left, and then counts the call for each. */
  take(names: readonly string[]): Promise<boolean>;
}

export function createCallLimit(options: { redis: Redis; key: string; max: number; perMs: number }): CallLimit {
  const { redis, key, max, perMs } = options;
  return {
    take: async (names) => {
      const keys = names.map((each) => `${key}:${each}`);
      return Number(await redis.eval(TAKE, keys.length, ...keys, Date.now(), perMs, max, randomUUID())) === 1;
    },
  };
}

const TAKE = `
local now, window, max = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
for _, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  if redis.call('ZCARD', key) >= max then return 0 end
end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now, ARGV[4])
  redis.call('PEXPIRE', key, window)
end
return 1`;
