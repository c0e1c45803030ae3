import { type AccountName, readAccountName } from '@updraft/atproto';
import { LimitError, type RateLimit } from '@updraft/service';
import type { DidDirectory } from './did-directory.ts';
import type { DidDocument } from './did-document.ts';
import type { Handles } from './handles.ts';
import { createSignatureVerifier } from './signature.ts';
import type { SigningKey } from './signing-key.ts';

/** Whether the account signed the commit of its repository. */
export type CheckCommit = (commit: {
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
}) => Promise<boolean>;

/** An account and its present server. */
export interface Account {
  readonly did: string;
  /** The origin of its server. */
  readonly pds: string;
  readonly signingKey: SigningKey;
}

/** `unknown`: there is no such account, or it has no server; `unavailable`: the directory can't be asked. */
export type AccountFault = 'unknown' | 'unavailable';

export class AccountError extends Error {
  override name = 'AccountError';
  readonly fault: AccountFault;

  constructor(fault: AccountFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

export interface Accounts {
  /**
   * The account of a DID or a handle, as readAccountName() reads them. `caller` is the one whose look-ups are counted.
   * @throws AccountError, or LimitError beyond the caller's look-ups
   */
  find(identifier: string, caller: string): Promise<Account>;
  /** Whether the account signed a commit. Keys rotate, so when a signature does not fit the key is looked up again once. */
  checkCommit(account: Account): CheckCommit;
}

export interface AccountsOptions {
  readonly dids: DidDirectory;
  readonly handles: Handles;
  /** Limits on look-ups of names that are not cached: by caller, and of all together under the name `all`. */
  readonly lookUps: { readonly perCaller: RateLimit; readonly inAll: RateLimit };
  /** Tests only, since they have no DNS: handles that events named. A password must not go where only an event points. */
  readonly indexedHandle?: ((handle: string) => Promise<string | undefined>) | undefined;
}

export function createAccounts({ dids, handles, lookUps, indexedHandle }: AccountsOptions): Accounts {
  const verifier = createSignatureVerifier();
  const isKnown = (name: AccountName): boolean =>
    name.handle === undefined ? dids.peek(name.did) !== undefined : handles.isRemembered(name.handle);
  const allow = (name: AccountName, caller: string): void => {
    if (isKnown(name)) return;
    if (!lookUps.perCaller.take(caller))
      throw new LimitError('caller', 'thirty look-ups of accounts a minute are allowed', 10);
    if (!lookUps.inAll.take('all'))
      throw new LimitError('all', 'too many accounts are being looked up: ask again soon', 10);
  };
  const didOf = async (handle: string, caller: string): Promise<string | undefined> =>
    (await indexedHandle?.(handle)) ?? handles.resolve(handle, caller);
  return {
    find: async (identifier, caller) => {
      const name = readAccountName(identifier);
      if (name !== undefined) allow(name, caller);
      const did = name?.handle === undefined ? name?.did : await didOf(name.handle, caller);
      if (did === undefined) throw new AccountError('unknown', 'there is no account of this name');
      const answer = await dids.get(did, caller);
      if (answer.kind === 'unavailable')
        throw new AccountError('unavailable', 'the directory of accounts can not be reached now');
      if (answer.kind === 'absent') throw new AccountError('unknown', 'there is no account of this name');
      return accountOf(answer.document);
    },
    checkCommit:
      (account) =>
      async ({ signedBytes, signature }) => {
        if (verifier.verify(account.signingKey, signedBytes, signature)) return true;
        const answer = await dids.lookAgain(account.did, account.did);
        const key = answer?.kind === 'found' ? answer.document.signingKey : undefined;
        return key !== undefined && verifier.verify(key, signedBytes, signature);
      },
  };
}

function accountOf({ did, pds, signingKey }: DidDocument): Account {
  if (pds !== undefined && signingKey !== undefined) return { did, pds, signingKey };
  throw new AccountError('unknown', 'this account has no server');
}
