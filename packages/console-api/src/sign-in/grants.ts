import type { NodeSavedSession } from '@atproto/oauth-client-node';
import { type Logger, parseJson } from '@updraft/service';
import type { Redis } from '@updraft/store';
import type { OAuthClients } from '../oauth/oauth-clients.ts';
import { type TokenSeal, UnsealError } from '../seal/token-seal.ts';
import type { ConsoleKeys } from './keys.ts';
import type { DeletionGrants } from './sign-in.ts';

export interface GrantStore extends DeletionGrants {
  keep(sessionId: string, session: NodeSavedSession): Promise<void>;
  has(sessionId: string): Promise<boolean>;
  /** Forgets the permission, and tells the account's server. */
  end(sessionId: string): Promise<void>;
  /** Ends those that have lapsed, a hundred at the most. */
  endLapsed(): Promise<void>;
}

export interface GrantsOptions {
  readonly redis: Redis;
  readonly keys: ConsoleKeys;
  /** Undefined where no clean-ups are: such a service keeps no permission. */
  readonly seal: TokenSeal | undefined;
  readonly clients: OAuthClients | undefined;
  readonly log: Logger;
  readonly now: () => number;
}

/** Somebody who has not begun the clean-up by then signs in again. */
const GRANT_LIFE_MS = 3_600_000;
/** How long it is kept after that, so that its tokens can be ended. */
const ENDING_MS = 3_600_000;
const MAX_ENDINGS = 100;

export function createGrants({ redis, keys, seal, clients, log, now }: GrantsOptions): GrantStore {
  const { grant: keyOf, grants } = keys;
  const open = async (sessionId: string, sealed: string | null): Promise<NodeSavedSession | undefined> => {
    if (sealed === null || seal === undefined) return undefined;
    try {
      return parseJson(await seal.unseal(sessionId, sealed)) as NodeSavedSession | undefined;
    } catch (error) {
      if (error instanceof UnsealError) return undefined; // the key was replaced: its account signs in again
      throw error;
    }
  };
  const isAlive = async (sessionId: string) => Number((await redis.zscore(grants, sessionId)) ?? 0) > now();
  const remove = async (sessionId: string) => {
    const sealed = await redis.getdel(keyOf(sessionId));
    await redis.zrem(grants, sessionId);
    return open(sessionId, sealed);
  };
  const end = async (sessionId: string) => {
    const session = await remove(sessionId);
    if (session !== undefined && clients !== undefined) await revoke(clients, session, log);
  };
  return {
    keep: async (sessionId, session) => {
      if (seal === undefined) throw new RangeError('a service without clean-ups keeps no permissions');
      const sealed = await seal.seal(sessionId, JSON.stringify(session));
      await redis.zadd(grants, now() + GRANT_LIFE_MS, sessionId);
      await redis.set(keyOf(sessionId), sealed, 'PX', GRANT_LIFE_MS + ENDING_MS);
    },
    has: async (sessionId) => (await redis.exists(keyOf(sessionId))) === 1 && isAlive(sessionId),
    peek: async (sessionId) =>
      (await isAlive(sessionId)) ? open(sessionId, await redis.get(keyOf(sessionId))) : undefined,
    take: async (sessionId) => ((await isAlive(sessionId)) ? remove(sessionId) : undefined),
    end,
    endLapsed: async () => {
      const lapsed = await redis.zrangebyscore(grants, '-inf', now(), 'LIMIT', 0, MAX_ENDINGS);
      for (const sessionId of lapsed) await end(sessionId);
    },
  };
}

/** Ends tokens at their server. It may be away: they lapse by themselves. */
export async function revoke(clients: OAuthClients, session: NodeSavedSession, log: Logger): Promise<void> {
  const { sub } = session.tokenSet;
  const sessionStore = { get: () => session, set: () => {}, del: () => {} };
  try {
    await clients.create({ sessionStore }).revoke(sub);
  } catch (error) {
    log.warn({ err: error }, 'tokens could not be revoked');
  }
}
