import {
  type NodeOAuthClient,
  type NodeSavedSession,
  type NodeSavedSessionStore,
  OAuthResponseError,
  type OAuthSession,
  TokenRefreshError,
} from '@atproto/oauth-client-node';
import { PdsError } from '@updraft/repository';
import { backoff, parseJson, pause } from '@updraft/service';
import type { PdsClient } from './pds-client.ts';
import { readRateHeaders } from './rate-headers.ts';
import { deletion, type PdsSession, type SessionHolder, type Sessions } from './sessions.ts';

/** Sessions that begin with OAuth; their secret is the client's saved session in JSON: tokens, and the key that they are bound to. */
export type OAuthSessions = Sessions;

export interface OAuthSessionsOptions {
  readonly client: PdsClient;
  /** Makes an OAuth client for the one session of this store. */
  readonly createOAuthClient: (store: NodeSavedSessionStore) => NodeOAuthClient;
}

export function createOAuthSessions({ client, createOAuthClient }: OAuthSessionsOptions): OAuthSessions {
  return {
    open: async (holder, save, signal) => {
      const oauth = createOAuthClient(storeOf(holder, (secret) => saveSurely(save, secret, signal)));
      const session = await oauth.restore(holder.did).catch((error: unknown) => refuse(error, signal));
      return deleteBy(client, holder, session);
    },
    end: async (holder) => {
      // A session that can't be ended now ends by itself.
      await createOAuthClient(storeOf(holder, async () => {}))
        .revoke(holder.did)
        .catch(() => undefined);
    },
  };
}

/** The one session, as it is now. The client drops it after many faults, such as an outage: whether it is over is for the job to say. */
function storeOf({ secret }: SessionHolder, save: (secret: string) => Promise<void>): NodeSavedSessionStore {
  let session = parseJson(secret) as NodeSavedSession | undefined;
  return {
    get: () => session,
    set: async (_did, next) => {
      session = next;
      await save(JSON.stringify(next));
    },
    del: () => {},
  };
}

const RETRY_SAVING = { minMs: 200, maxMs: 10_000 };
const MAX_SAVES = 100;

/** The server has used up the tokens that are stored: without the new ones the account would have to sign in again. */
async function saveSurely(save: (secret: string) => Promise<void>, secret: string, signal: AbortSignal): Promise<void> {
  const retry = backoff(RETRY_SAVING);
  for (let tries = 1; ; tries++) {
    try {
      return await save(secret);
    } catch (error) {
      if (signal.aborted || tries === MAX_SAVES) throw error;
      await pause(retry.next(), signal);
    }
  }
}

/** The client renews tokens that lapse, also in the middle. */
function deleteBy(client: PdsClient, { did, pds }: SessionHolder, session: OAuthSession): PdsSession {
  return {
    deleteRecords: async (writes, signal) => {
      const { aud } = await session.getTokenInfo().catch((error: unknown) => refuse(error, signal));
      // A former server may still delete: from what is no longer the account's repository.
      if (new URL(aud).origin !== pds) throw new PdsError('unauthorized', 'the account has moved to another server');
      const send = (input: string | URL | Request, init?: RequestInit) => sendBy(session, input, init, signal);
      return client.call({ ...deletion(did, writes), pds, signal, send });
    },
  };
}

/** @throws PdsError when the server takes the session no longer */
async function sendBy(
  session: OAuthSession,
  input: string | URL | Request,
  init: RequestInit | undefined,
  signal: AbortSignal,
): Promise<Response> {
  const { pathname, search } = new URL(input instanceof Request ? input.url : input);
  const response = await session.fetchHandler(`${pathname}${search}`, init);
  if (response.status !== 401) return response;
  await response.body?.cancel();
  // Whether the session is over, only an attempt to renew it tells.
  await session.getTokenInfo(true).catch((error: unknown) => refuse(error, signal));
  throw new PdsError('unavailable', 'the session had to be renewed', { status: 401 });
}

/** What a failure of the client means. @throws PdsError, or the signal's reason */
function refuse(error: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  if (error instanceof TokenRefreshError) {
    const message = "the account's server no longer accepts the permission to delete";
    throw new PdsError('unauthorized', message, { cause: error });
  }
  if (error instanceof OAuthResponseError && error.status === 429) {
    const retryAtMs = readRateHeaders(error.headers, Date.now()).resetAtMs;
    throw new PdsError('limited', "the account's server asks to wait", { cause: error, status: 429, retryAtMs });
  }
  const message = "the account's server can not be reached, or did not renew the permission to delete";
  throw new PdsError('unavailable', message, { cause: error });
}
