import { PdsError } from '@updraft/repository';
import type { OAuthSessions } from './oauth-sessions.ts';
import type { PasswordSessions } from './password-sessions.ts';
import type { PdsReply } from './pds-client.ts';

/** The right to delete records of one account at its server. Source: the lexicon com.atproto.repo.applyWrites. */
export interface PdsSession {
  deleteRecords(writes: readonly RecordPlace[], signal: AbortSignal): Promise<PdsReply>;
}

export interface RecordPlace {
  readonly collection: string;
  readonly rkey: string;
}

/** Whose session it is, and what it continues with: a secret, which changes while the session is used. */
export interface SessionHolder {
  readonly did: string;
  /** Origin of the account's server. */
  readonly pds: string;
  readonly secret: string;
}

/** Sessions at accounts' servers, of app passwords or of OAuth. */
export interface Sessions {
  /**
   * Continues a session. Servers renew a secret once only: `save` has stored the new one when it resolves, before anything else
   * happens. @throws PdsError, and what `save` throws
   */
  open(holder: SessionHolder, save: (secret: string) => Promise<void>, signal: AbortSignal): Promise<PdsSession>;
  /** Ends a session. Resolves when that fails, too: the session ends by itself later. */
  end(holder: SessionHolder): Promise<void>;
}

export interface SessionKinds {
  readonly password: PasswordSessions;
  /** Undefined where nobody can sign in by OAuth. */
  readonly oauth: OAuthSessions | undefined;
}

/** Tells the two kinds apart by their secrets: that of OAuth is JSON, a refresh token is a JWT. */
export function createSessions({ password, oauth }: SessionKinds): Sessions {
  const isOAuth = ({ secret }: SessionHolder) => secret.startsWith('{');
  return {
    open: async (holder, save, signal) => {
      if (!isOAuth(holder)) return password.open(holder, save, signal);
      if (oauth === undefined) throw new PdsError('unavailable', 'this service can sign in nobody by OAuth now');
      return oauth.open(holder, save, signal);
    },
    end: async (holder) => (isOAuth(holder) ? oauth?.end(holder) : password.end(holder)),
  };
}

const DELETE = 'com.atproto.repo.applyWrites#delete';

/** The call that deletes records. */
export function deletion(repo: string, writes: readonly RecordPlace[]) {
  return {
    method: 'com.atproto.repo.applyWrites',
    body: { repo, writes: writes.map(({ collection, rkey }) => ({ $type: DELETE, collection, rkey })) },
  };
}
