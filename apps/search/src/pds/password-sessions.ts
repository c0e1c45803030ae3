import { isDid } from '@updraft/atproto';
import { PdsError } from '@updraft/repository';
import { z } from 'zod';
import type { PdsClient, PdsReply } from './pds-client.ts';
import { deletion, type Sessions } from './sessions.ts';

/** Sessions that begin with an app password; their secret is the refresh token. Source: the lexicons com.atproto.server.*. */
export interface PasswordSessions extends Sessions {
  /** Signs in. @throws PdsError */
  create(
    pds: string,
    identifier: string,
    password: string,
    signal: AbortSignal,
  ): Promise<{ readonly did: string; readonly secret: string }>;
}

export function createPasswordSessions(client: PdsClient): PasswordSessions {
  const method = (name: string) => ({ method: `com.atproto.server.${name}`, isProcedure: true });
  return {
    create: async (pds, identifier, password, signal) => {
      const body = { identifier, password };
      const { did, refreshJwt } = readSession(await client.call({ ...method('createSession'), pds, body, signal }));
      return { did, secret: refreshJwt };
    },
    open: async ({ did, pds, secret }, save, signal) => {
      const answer = await client.call({ ...method('refreshSession'), pds, token: secret, signal });
      const session = readSession(answer);
      await save(session.refreshJwt);
      if (session.did !== did) throw new PdsError('refused', "the account's server gave a session of another account");
      return {
        deleteRecords: (writes, callSignal) =>
          client.call({ ...deletion(did, writes), pds, token: session.accessJwt, signal: callSignal }),
      };
    },
    end: async ({ pds, secret }) => {
      const signal = AbortSignal.timeout(END_TIMEOUT_MS);
      // A session that can't be ended now ends by itself.
      await client.call({ ...method('deleteSession'), pds, token: secret, signal }).catch(() => undefined);
    },
  };
}

const END_TIMEOUT_MS = 5_000;

const sessionBody = z.object({
  did: z.string().refine((did) => isDid(did)),
  accessJwt: z.string().min(1),
  refreshJwt: z.string().min(1),
});

function readSession({ body }: PdsReply): z.output<typeof sessionBody> {
  const parsed = sessionBody.safeParse(body);
  if (!parsed.success) throw new PdsError('unavailable', "the account's server gave no session");
  return parsed.data;
}
