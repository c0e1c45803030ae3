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
const GRANT_LIFE_S = 3_600;
/** Until then endLapsed() can still tell the account's server. */
const GRACE_S = 86_400;
const LAPSED_AT_ONCE = 20;

export function createGrants({ redis, keys, seal, clients, log, now }: GrantsOptions): GrantStore {
  const { grant: keyOf } = keys;
  const open = async (sessionId: string, sealed: string | null): Promise<NodeSavedSession | undefined> => {
    if (sealed === null || seal === undefined) return undefined;
    try {
      return parseJson(await seal.unseal(sessionId, sealed)) as NodeSavedSession | undefined;
    } catch (error) {
      if (error instanceof UnsealError) return undefined; // the key was replaced: its account signs in again
      throw error;
    }
  };
  const take = async (sessionId: string) => open(sessionId, await redis.getdel(keyOf(sessionId)));
  const isLapsed = async (sessionId: string) => Number(await redis.zscore(keys.grantEnds, sessionId)) <= now();
  const end = async (sessionId: string) => {
    const session = await take(sessionId);
    if (session !== undefined && clients !== undefined) await revoke(clients, session, log);
    await redis.zrem(keys.grantEnds, sessionId);
  };
  return {
    keep: async (sessionId, session) => {
      if (seal === undefined) throw new RangeError('a service without clean-ups keeps no permissions');
      const sealed = await seal.seal(sessionId, JSON.stringify(session));
      await redis.zadd(keys.grantEnds, now() + GRANT_LIFE_S * 1_000, sessionId);
      await redis.set(keyOf(sessionId), sealed, 'EX', GRANT_LIFE_S + GRACE_S);
    },
    has: async (sessionId) => (await redis.exists(keyOf(sessionId))) === 1 && !(await isLapsed(sessionId)),
    peek: async (sessionId) =>
      (await isLapsed(sessionId)) ? undefined : open(sessionId, await redis.get(keyOf(sessionId))),
    take,
    end,
    endLapsed: async () => {
      for (const id of await redis.zrangebyscore(keys.grantEnds, 0, now(), 'LIMIT', 0, LAPSED_AT_ONCE)) await end(id);
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
