import { type NodeSavedSession, OAuthCallbackError } from '@atproto/oauth-client-node';
import type { Logger } from '@updraft/service';
import type { OAuthClients } from '../oauth/oauth-clients.ts';
import { allowsDeletions } from '../oauth/scopes.ts';
import type { SignInFault } from '../views/session.ts';
import type { Flow, Flows } from './flows.ts';
import { revoke } from './grants.ts';
import { isUnreachable } from './is-unreachable.ts';
import { isSame } from './secrets.ts';
import { isTooLong } from './too-long.ts';

/** A sign-in that came to nothing. */
export class SignInFaultError extends Error {
  override name = 'SignInFaultError';
  readonly fault: SignInFault;

  constructor(fault: SignInFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

export interface FinishDeps {
  readonly clients: OAuthClients;
  readonly flows: Flows;
  readonly log: Logger;
}

export interface FinishedSignIn {
  readonly flow: Flow;
  /** The tokens, only where the account has allowed deletions. All others are ended before. */
  readonly grant: NodeSavedSession | undefined;
}

/**
 * Reads what an account's server brings back. It counts only in the browser that began the sign-in, once, from the server that was
 * asked, and for the account that was asked for.
 * @throws SignInFaultError
 */
export async function finishSignIn(
  deps: FinishDeps,
  params: URLSearchParams,
  secret: string | undefined,
): Promise<FinishedSignIn> {
  const flow = await claimFlow(deps.flows, params, secret);
  const session = await exchange(deps.clients, flow, params);
  const { sub, scope } = session.tokenSet;
  const isRightAccount = sub === flow.did;
  const isForCleanup = flow.purpose === 'cleanup';
  const canKeep = !isTooLong(session);
  const isGrant = isRightAccount && isForCleanup && canKeep && allowsDeletions(scope);
  if (!isGrant) await revoke(deps.clients, session, deps.log);
  if (!isRightAccount) throw new SignInFaultError('other-account', 'another account has signed in than was asked for');
  if (isForCleanup && !canKeep) throw new SignInFaultError('failed', 'the tokens are too long');
  if (isForCleanup && !isGrant)
    throw new SignInFaultError('partial', 'not all the deletions that were asked for are allowed');
  return { flow, grant: isGrant ? session : undefined };
}

async function claimFlow(flows: Flows, params: URLSearchParams, secret: string | undefined): Promise<Flow> {
  const flow = secret === undefined ? undefined : await flows.read(secret);
  if (secret === undefined || flow === undefined) throw new SignInFaultError('expired', 'no sign-in is under way here');
  // One with another state leaves the flow as it is: any page can lead a browser here.
  if (!isSame(params.get('state') ?? '', flow.state)) throw new SignInFaultError('failed', 'this is another sign-in');
  if (!(await flows.end(secret))) throw new SignInFaultError('expired', 'this sign-in has ended already');
  return flow;
}

/** Trades the code for tokens; the client checks `iss`, and that the account names this server as its own. */
async function exchange(clients: OAuthClients, flow: Flow, params: URLSearchParams): Promise<NodeSavedSession> {
  const sessions = new Map<string, NodeSavedSession>();
  const client = clients.create({
    stateStore: { get: () => flow.saved, set: () => {}, del: () => {} },
    sessionStore: {
      get: (did) => sessions.get(did),
      set: (did, session) => void sessions.set(did, session),
      del: (did) => void sessions.delete(did),
    },
  });
  try {
    const { did } = (await client.callback(params)).session;
    const session = sessions.get(did);
    if (session !== undefined) return session;
    throw new RangeError('the OAuth client has kept no session');
  } catch (error) {
    throw new SignInFaultError(faultOf(error), 'the account’s server did not sign anybody in', { cause: error });
  }
}

function faultOf(error: unknown): SignInFault {
  if (error instanceof OAuthCallbackError && error.params.get('error') === 'access_denied') return 'denied';
  return isUnreachable(error) ? 'unreachable' : 'failed';
}
