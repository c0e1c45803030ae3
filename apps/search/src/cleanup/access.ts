import type { DeletionGrants } from '@updraft/console-api';
import type { Account, Accounts } from '@updraft/identity';
import { AccountError } from '@updraft/identity';
import { PdsError } from '@updraft/repository';
import {
  AuthenticationRequiredError,
  NotEnoughResourcesError,
  namedError,
  RateLimitExceededError,
} from '@updraft/service';
import type { CallLimit } from '../call-limit.ts';
import type { PasswordSessions } from '../pds/password-sessions.ts';
import type { Sessions } from '../pds/sessions.ts';

/** The account has not allowed this session of the console to delete its records. */
export class DeletionsNotAllowedError extends namedError(403, 'DeletionsNotAllowed') {}

/** Who asks for a clean-up. `caller`: the name by which requests are limited. */
export type CleanupOwner =
  | {
      readonly kind: 'password';
      readonly identifier: string;
      /** Used once and not stored. */
      readonly appPassword: string;
      readonly caller: string;
    }
  | { readonly kind: 'console'; readonly sessionId: string; readonly did: string; readonly caller: string };

/** What an owner may do: look at a repository, and have a job delete from it. */
export interface Access {
  readonly account: Account;
  /** Whether the owner needs a secret to see the job. */
  readonly needsJobSecret: boolean;
  /** Gives the job what it signs in with. @throws DeletionsNotAllowedError */
  take(): Promise<string>;
  /** Ends what this began, or what was taken. */
  end(): Promise<void>;
}

export interface AccessDeps {
  readonly accounts: Accounts;
  readonly passwords: PasswordSessions;
  readonly sessions: Sessions;
  /** Undefined where nobody signs in to the console. */
  readonly grants: DeletionGrants | undefined;
  readonly signIns: CallLimit;
}

/** @throws XrpcError when the owner may not do this, or too much was asked */
export function openAccess(
  deps: AccessDeps,
  owner: CleanupOwner,
  isReal: boolean,
  signal: AbortSignal,
): Promise<Access> {
  return owner.kind === 'password' ? passwordAccess(deps, owner, signal) : consoleAccess(deps, owner, isReal);
}

type OwnerOf<K extends CleanupOwner['kind']> = CleanupOwner & { kind: K };

async function passwordAccess(deps: AccessDeps, owner: OwnerOf<'password'>, signal: AbortSignal): Promise<Access> {
  const account = await findAccount(deps, owner);
  const { did, pds } = account;
  const secret = await signIn(deps, account, owner.appPassword, signal);
  return {
    account,
    needsJobSecret: true,
    take: async () => secret,
    end: () => deps.sessions.end({ did, pds, secret }),
  };
}

/** A public repository may be read by anyone: a dry run needs no permission. */
async function consoleAccess(
  { accounts, grants, sessions, signIns }: AccessDeps,
  { sessionId, did, caller }: OwnerOf<'console'>,
  isReal: boolean,
): Promise<Access> {
  if (!(await signIns.take([`console:${did}`]))) throw tooMany('five dry runs and starts a minute are allowed');
  const account = await accounts.find(did, caller);
  if (isReal && (await grants?.peek(sessionId))?.tokenSet.sub !== did) throw notAllowed();
  let taken: string | undefined;
  return {
    account,
    needsJobSecret: false,
    take: async () => {
      const grant = await grants?.take(sessionId);
      if (grant === undefined) throw notAllowed();
      taken = JSON.stringify(grant);
      return taken;
    },
    end: async () => {
      if (taken !== undefined) await sessions.end({ did, pds: account.pds, secret: taken });
    },
  };
}

function notAllowed(): DeletionsNotAllowedError {
  return new DeletionsNotAllowedError('allow deletions first: sign in for a clean-up');
}

async function findAccount(
  { accounts, signIns }: AccessDeps,
  { identifier, caller }: OwnerOf<'password'>,
): Promise<Account> {
  const tooManySignIns = () => tooMany('five sign-ins a minute are allowed');
  if (!(await signIns.take([`caller:${caller}`]))) throw tooManySignIns();
  let account: Account;
  try {
    account = await accounts.find(identifier, caller);
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    throw error.fault === 'unknown' ? wrongCredentials() : new NotEnoughResourcesError(error.message);
  }
  if (!(await signIns.take([`account:${account.did}`]))) throw tooManySignIns();
  return account;
}

/** The secret of a new session. */
async function signIn(
  { passwords, sessions }: AccessDeps,
  { did, pds }: Account,
  appPassword: string,
  signal: AbortSignal,
): Promise<string> {
  let session: Awaited<ReturnType<PasswordSessions['create']>>;
  try {
    session = await passwords.create(pds, did, appPassword, signal);
  } catch (error) {
    if (error instanceof PdsError && ['unauthorized', 'refused', 'absent'].includes(error.fault))
      throw wrongCredentials();
    throw error;
  }
  if (session.did === did) return session.secret;
  await sessions.end({ did: session.did, pds, secret: session.secret });
  throw new PdsError('unavailable', "the account's server gave a session of another account");
}

/** One answer for every fault, so that it does not tell which part was wrong. */
function wrongCredentials(): AuthenticationRequiredError {
  return new AuthenticationRequiredError('the identifier or the app password is wrong');
}

function tooMany(message: string): RateLimitExceededError {
  return new RateLimitExceededError(message, { retryAfterS: 60 });
}
