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
}

/** Somebody who has not begun the clean-up by then signs in again. */
const GRANT_LIFE_S = 3_600;

export function createGrants({ redis, keys, seal, clients, log }: GrantsOptions): GrantStore {
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
  return {
    keep: async (sessionId, session) => {
      if (seal === undefined) throw new RangeError('a service without clean-ups keeps no permissions');
      await redis.set(keyOf(sessionId), await seal.seal(sessionId, JSON.stringify(session)), 'EX', GRANT_LIFE_S);
    },
    has: async (sessionId) => (await redis.exists(keyOf(sessionId))) === 1,
    peek: async (sessionId) => open(sessionId, await redis.get(keyOf(sessionId))),
    take,
    end: async (sessionId) => {
      const session = await take(sessionId);
      if (session !== undefined && clients !== undefined) await revoke(clients, session, log);
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
