import type { Redis } from '@updraft/store';
import { consoleKeys } from './keys.ts';

/** Ends the console's sessions of these accounts, and forgets what they have allowed. Rejects when Redis can't be reached. */
export async function eraseSessions(redis: Redis, redisPrefix: string, dids: readonly string[]): Promise<void> {
  const keys = consoleKeys(redisPrefix);
  for (const did of dids) {
    const ids = await redis.zrevrange(keys.sessionsOf(did), 0, -1);
    if (ids.length > 0) await redis.zrem(keys.grants, ...ids);
    await redis.del(keys.sessionsOf(did), ...ids.flatMap((id) => [keys.session(id), keys.grant(id)]));
  }
}
