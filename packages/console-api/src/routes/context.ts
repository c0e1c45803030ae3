import type { Logger, RateLimit } from '@updraft/service';
import type { OAuthIdentity } from '../oauth/client-metadata.ts';
import type { OAuthClients } from '../oauth/oauth-clients.ts';
import type { FindAccount } from '../sign-in/account-finder.ts';
import type { SecretCookie } from '../sign-in/cookies.ts';
import type { Flows } from '../sign-in/flows.ts';
import type { GrantStore } from '../sign-in/grants.ts';
import type { FindPresentSession } from '../sign-in/present-session.ts';
import type { Sessions } from '../sign-in/sessions.ts';
import type { Roles } from '../views/session.ts';

/** What the routes of signing in work with. */
export interface SignInContext {
  readonly identity: OAuthIdentity | undefined;
  /** Public keys of this client, as JWKs. */
  readonly publicKeys: readonly object[];
  readonly clients: OAuthClients | undefined;
  readonly flows: Flows;
  readonly sessions: Sessions;
  readonly grants: GrantStore;
  readonly keepsGrants: boolean;
  readonly findAccount: FindAccount;
  readonly present: FindPresentSession;
  readonly rolesOf: (did: string) => Roles;
  /** Operators are told where it is. */
  readonly grafana: string | undefined;
  readonly ownOrigin: string | undefined;
  readonly sessionCookie: SecretCookie;
  readonly flowCookie: SecretCookie;
  readonly limits: { readonly perCaller: RateLimit; readonly inAll: RateLimit };
  readonly log: Logger;
}
