import { type NodeSavedState, OAuthResponseError } from '@atproto/oauth-client-node';
import { InvalidRequestError } from '@updraft/service';
import type { OAuthClients } from '../oauth/oauth-clients.ts';
import { isWide, scopesFor } from '../oauth/scopes.ts';
import type { SignInRequest } from '../views/session.ts';
import type { FindAccount, FoundAccount } from './account-finder.ts';
import { AccountServerError, SignInOffError } from './errors.ts';
import type { Flows } from './flows.ts';
import { isUnreachable } from './is-unreachable.ts';
import { readReturnTo } from './return-to.ts';
import { newSecret } from './secrets.ts';
import { isTooLong } from './too-long.ts';

export interface BeginDeps {
  /** Undefined where nobody can sign in, since the service does not know its own address. */
  readonly clients: OAuthClients | undefined;
  readonly flows: Flows;
  readonly findAccount: FindAccount;
  readonly keepsGrants: boolean;
}

/** Asks the account's server for a sign-in: gives its page, and the secret of the browser that may finish it. */
export async function beginSignIn(
  deps: BeginDeps,
  { handle, purpose, returnTo: wanted }: SignInRequest,
  caller: string,
): Promise<{ redirect: string; isWide: boolean; secret: string }> {
  const { clients, flows, findAccount, keepsGrants } = deps;
  if (clients === undefined) throw new SignInOffError(NO_ORIGIN);
  if (purpose === 'cleanup' && !keepsGrants) throw new SignInOffError('this service runs no clean-ups');
  const returnTo = readReturnTo(wanted);
  if (returnTo === undefined) throw new InvalidRequestError('returnTo: expected a path below /console/');
  const account = await findAccount(handle, caller);
  const { url, scope, state, saved } = await authorize(clients, account, scopesFor(purpose));
  const secret = newSecret();
  const flow = { state, saved, did: account.did, handle: account.handle, purpose, returnTo };
  if (isTooLong({ flow, url })) throw serverError(account, new RangeError('what the server says is too long'));
  await flows.keep(secret, flow);
  return { redirect: url.href, isWide: isWide(scope), secret };
}

interface Authorization {
  readonly url: URL;
  /** What was asked for. */
  readonly scope: string;
  readonly state: string;
  readonly saved: NodeSavedState;
}

const NO_ORIGIN = 'nobody can sign in here: PUBLIC_ORIGIN, an https origin, is not set';

const TIMEOUT_MS = 20_000;

/** Tries the scopes in turn, since older servers refuse those that they don't know. */
async function authorize(
  clients: OAuthClients,
  account: FoundAccount,
  [scope = '', ...others]: readonly string[],
): Promise<Authorization> {
  const kept = new Map<string, NodeSavedState>();
  const stateStore = {
    set: (state: string, saved: NodeSavedState) => void kept.set(state, saved),
    get: (state: string) => kept.get(state),
    del: (state: string) => void kept.delete(state),
  };
  const client = clients.create({ stateStore, sessionStore: NO_SESSIONS });
  try {
    const url = await client.authorize(account.did, { scope, signal: AbortSignal.timeout(TIMEOUT_MS) });
    for (const [state, saved] of kept) return { url, scope, state, saved };
    throw new RangeError('the OAuth client has kept no state');
  } catch (error) {
    if (error instanceof OAuthResponseError && error.error === 'invalid_scope' && others.length > 0)
      return authorize(clients, account, others);
    throw serverError(account, error);
  }
}

const NO_SESSIONS = { get: () => undefined, set: () => {}, del: () => {} };

function serverError({ pds }: FoundAccount, cause: unknown): AccountServerError {
  const { host } = new URL(pds);
  if (host.endsWith('.example'))
    return new AccountServerError(`${host} is made up: nobody can sign in to a simulated network`, { cause });
  if (cause instanceof OAuthResponseError && cause.status < 500)
    return new AccountServerError(`${host}, the server of this account, refuses to sign anybody in here`, { cause });
  const what = isUnreachable(cause) ? 'can not be reached now: please try again' : 'offers no sign-in by OAuth';
  return new AccountServerError(`${host}, the server of this account, ${what}`, { cause });
}
