import type { Redis } from './client.ts';

export interface RedisState {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly usedBytes: number;
  /** 0: no limit. */
  readonly maxBytes: number;
}

/** What Redis says of itself (https://redis.io/docs/latest/commands/info/). */
export async function readRedisState(redis: Redis): Promise<RedisState> {
  const text = (await Promise.all([redis.info('server'), redis.info('memory')])).join('\n');
  const fields = new Map(
    text.split(/\r?\n/).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
  const whole = (name: string): number => Math.max(0, Math.trunc(Number(fields.get(name) ?? 0))) || 0;
  return {
    version: fields.get('redis_version') ?? '',
    uptimeSeconds: whole('uptime_in_seconds'),
    usedBytes: whole('used_memory'),
    maxBytes: whole('maxmemory'),
  };
}
