import { isDid } from '@updraft/atproto';
import { PdsError } from '@updraft/repository';
import { z } from 'zod';
import type { PdsClient, PdsReply } from './pds-client.ts';

export interface Session {
  readonly did: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Signs in and out, and deletes. Source: the lexicons com.atproto.server.* and com.atproto.repo.applyWrites. */
export interface Sessions {
  create(pds: string, identifier: string, password: string, signal: AbortSignal): Promise<Session>;
  /** Uses up the refresh token: the new one must be stored before anything else happens. */
  refresh(pds: string, refreshToken: string, signal: AbortSignal): Promise<Session>;
  /** Ends a session. Resolves when that fails, too: the session ends by itself later. */
  end(pds: string, refreshToken: string): Promise<void>;
  deleteRecords(pds: string, session: Session, writes: readonly RecordPlace[], signal: AbortSignal): Promise<PdsReply>;
}

export interface RecordPlace {
  readonly collection: string;
  readonly rkey: string;
}

export function createSessions(client: PdsClient): Sessions {
  return {
    create: async (pds, identifier, password, signal) =>
      readSession(
        await client.call({ pds, method: 'com.atproto.server.createSession', body: { identifier, password }, signal }),
      ),
    refresh: async (pds, refreshToken, signal) =>
      readSession(
        await client.call({
          pds,
          method: 'com.atproto.server.refreshSession',
          isProcedure: true,
          token: refreshToken,
          signal,
        }),
      ),
    end: async (pds, refreshToken) => {
      const signal = AbortSignal.timeout(END_TIMEOUT_MS);
      await client
        .call({ pds, method: 'com.atproto.server.deleteSession', isProcedure: true, token: refreshToken, signal })
        .catch(() => undefined); // see above
    },
    deleteRecords: (pds, { did, accessToken }, writes, signal) =>
      client.call({
        pds,
        method: 'com.atproto.repo.applyWrites',
        body: { repo: did, writes: writes.map(({ collection, rkey }) => ({ $type: DELETE, collection, rkey })) },
        token: accessToken,
        signal,
      }),
  };
}

const END_TIMEOUT_MS = 5_000;
const DELETE = 'com.atproto.repo.applyWrites#delete';

const sessionBody = z.object({
  did: z.string().refine((did) => isDid(did)),
  accessJwt: z.string().min(1),
  refreshJwt: z.string().min(1),
});

function readSession({ body }: PdsReply): Session {
  const parsed = sessionBody.safeParse(body);
  if (!parsed.success) throw new PdsError('unavailable', "the account's server gave no session");
  const { did, accessJwt, refreshJwt } = parsed.data;
  return { did, accessToken: accessJwt, refreshToken: refreshJwt };
}
