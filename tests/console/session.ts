import type { Redis } from '@updraft/store';
import { consoleKeys } from '../../packages/console-api/src/sign-in/keys.ts';
import { csrfTokenOf, idOf, newSecret } from '../../packages/console-api/src/sign-in/secrets.ts';
import { createSessions } from '../../packages/console-api/src/sign-in/sessions.ts';

/** What a browser sends once it is signed in. */
export interface SessionHeaders {
  /** With each request. */
  readonly reading: { readonly cookie: string };
  /** With a change. */
  readonly changing: { readonly cookie: string; readonly 'x-csrf-token': string };
}

/** Begins a session as a sign-in does, for an account of tests that have no PDS. */
export async function beginSession(redis: Redis, redisPrefix: string, did: string): Promise<SessionHeaders> {
  const secret = newSecret();
  const sessions = createSessions({ redis, keys: consoleKeys(redisPrefix), now: Date.now, onEnd: async () => {} });
  await sessions.begin(idOf(secret), { did, handle: '', browser: 'test' });
  const reading = { cookie: `updraft_session=${secret}` };
  return { reading, changing: { ...reading, 'x-csrf-token': csrfTokenOf(secret) } };
}
