import { createHash, randomBytes } from 'node:crypto';
import type { Redis } from '@updraft/store';

/** Puts a session into Redis as signing in does, for tests of what sessions may do. Gives the headers of its browser. */
export async function beginSession(redis: Redis, redisPrefix: string, did: string): Promise<{ cookie: string }> {
  const secret = randomBytes(32).toString('base64url');
  const id = createHash('sha256').update('updraft console id').update(secret).digest('base64url');
  const nowMs = Date.now();
  const session = { did, handle: '', browser: 'a test', createdAtMs: nowMs, lastSeenAtMs: nowMs };
  await redis.set(`${redisPrefix}:console:session:${id}`, JSON.stringify(session), 'EX', 3_600);
  return { cookie: `updraft_session=${secret}` };
}
