import { parseJson } from '@updraft/service';
import type { Redis } from '@updraft/store';
import { z } from 'zod';
import type { ConsoleKeys } from './keys.ts';

const stored = z.object({
  did: z.string(),
  handle: z.string(),
  browser: z.string(),
  createdAtMs: z.number(),
  lastSeenAtMs: z.number(),
});
export type Session = Readonly<z.output<typeof stored>> & { readonly id: string };

/** Sessions in Redis, so that they survive restarts and count for all instances. */
export interface Sessions {
  begin(id: string, who: Pick<Session, 'did' | 'handle' | 'browser'>): Promise<void>;
  /** The session, if it lives; it was seen now. */
  use(id: string): Promise<Session | undefined>;
  /** Those of an account, the latest first. */
  list(did: string): Promise<Session[]>;
  end(session: Pick<Session, 'id' | 'did'>): Promise<void>;
}

export interface SessionsOptions {
  readonly redis: Redis;
  readonly keys: ConsoleKeys;
  readonly now: () => number;
  /** What else ends with a session. */
  readonly onEnd: (session: Pick<Session, 'id' | 'did'>) => Promise<void>;
}

const DAY_MS = 86_400_000;
/** Since it began. */
export const LIFE_MS = 14 * DAY_MS;
/** Without a request. */
const IDLE_MS = 3 * DAY_MS;
/** How exactly the last use is known. */
const SEEN_STEP_MS = 60_000;
/** Of an account; the oldest ends when there are more. */
const MAX_SESSIONS = 20;

export function createSessions(options: SessionsOptions): Sessions {
  const { redis, keys, now, onEnd } = options;
  const { read, note, list } = createRecords(options);
  const end: Sessions['end'] = async ({ id, did }) => {
    await redis.del(keys.session(id));
    await redis.zrem(keys.sessionsOf(did), id);
    await onEnd({ id, did });
  };
  return {
    begin: async (id, who) => {
      const session = { ...who, createdAtMs: now(), lastSeenAtMs: now() };
      await note(id, session);
      await redis.set(keys.session(id), JSON.stringify(session), 'PX', IDLE_MS);
      for (const old of (await list(who.did)).slice(MAX_SESSIONS)) await end(old);
    },
    use: async (id) => {
      const session = read(id, await redis.get(keys.session(id)));
      if (session === undefined || Math.abs(now() - session.lastSeenAtMs) < SEEN_STEP_MS) return session;
      // One from the future began by a clock that was wrong: that must neither lengthen it nor end it in use.
      const createdAtMs = Math.min(session.createdAtMs, now());
      const { id: _, ...seen } = { ...session, createdAtMs, lastSeenAtMs: now() };
      // XX: one that has just ended does not come back.
      const kept = await redis.set(keys.session(id), JSON.stringify(seen), 'PX', restMs(seen, now()), 'XX');
      // Redis may have lost the list: whoever ends all sessions ends this one, too.
      if (kept !== null) await note(id, seen);
      return { ...seen, id };
    },
    list,
    end,
  };
}

/** What stands in Redis: a text for each session, a list of them for each account. */
function createRecords({ redis, keys, now }: SessionsOptions) {
  const { session: keyOf, sessionsOf: listOf } = keys;
  const read = (id: string, text: string | null | undefined): Session | undefined => {
    const session = typeof text === 'string' ? stored.safeParse(parseJson(text)).data : undefined;
    return session === undefined || restMs(session, now()) <= 0 ? undefined : { ...session, id };
  };
  return {
    read,
    note: async (id: string, { did, createdAtMs }: Pick<Session, 'did' | 'createdAtMs'>): Promise<void> => {
      await redis.zadd(listOf(did), createdAtMs, id);
      await redis.pexpire(listOf(did), LIFE_MS);
    },
    list: async (did: string): Promise<Session[]> => {
      const ids = await redis.zrevrange(listOf(did), 0, -1);
      const texts = ids.length === 0 ? [] : await redis.mget(ids.map(keyOf));
      const sessions = ids.map((id, i) => read(id, texts[i]));
      const gone = ids.filter((_id, i) => sessions[i] === undefined);
      if (gone.length > 0) await redis.zrem(listOf(did), ...gone);
      return sessions.filter((session) => session !== undefined);
    },
  };
}

/** How long a session lives if it is not used again. */
function restMs({ createdAtMs, lastSeenAtMs }: Pick<Session, 'createdAtMs' | 'lastSeenAtMs'>, at: number): number {
  return Math.min(createdAtMs + LIFE_MS, lastSeenAtMs + IDLE_MS) - at;
}
