import { readAccountName } from '@updraft/atproto';
import { AccountError, type DidDocument, type DidResolver, ResolutionError } from '@updraft/identity';
import { InvalidRequestError, NotEnoughResourcesError } from '@updraft/service';
import { AccountUnknownError } from './errors.ts';

/** Whose sign-in begins. */
export interface FoundAccount {
  readonly did: string;
  /** Empty where it could not be checked in both directions. */
  readonly handle: string;
  /** The origin of its server. */
  readonly pds: string;
}

/** The DID behind a handle, checked in both directions. @throws AccountError, LimitError */
export type FindDid = (handle: string, caller: string) => Promise<string | undefined>;

export interface AccountFinderOptions {
  readonly findDid: FindDid;
  readonly dids: DidResolver;
}

/** @throws InvalidRequestError, AccountUnknownError, NotEnoughResourcesError while a directory is away */
export type FindAccount = (text: string, caller: string) => Promise<FoundAccount>;

export function createAccountFinder({ findDid, dids }: AccountFinderOptions): FindAccount {
  return async (text, caller) => {
    const name = readAccountName(text);
    if (name === undefined) throw new InvalidRequestError('handle: expected a handle such as alice.example, or a DID');
    const did = name.handle === undefined ? name.did : await asked(() => findDid(name.handle, caller));
    const document = did === undefined ? undefined : await asked(() => dids.resolve(did));
    if (document === undefined) throw new AccountUnknownError('there is no account of this name');
    const { pds } = document;
    if (pds === undefined) throw new AccountUnknownError('this account has no server');
    return { did: document.did, pds, handle: name.handle ?? (await checkedHandle(document, findDid, caller)) };
  };
}

async function checkedHandle({ did, handle = '' }: DidDocument, findDid: FindDid, caller: string): Promise<string> {
  const found = handle === '' ? undefined : await findDid(handle, caller).catch(() => undefined);
  return found === did ? handle : ''; // signing in does not need it
}

async function asked<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AccountError && error.fault === 'unknown') return undefined;
    if (!(error instanceof AccountError || error instanceof ResolutionError)) throw error;
    throw new NotEnoughResourcesError('the directory of accounts can not be reached now, please try again', {
      retryAfterS: 10,
      cause: error,
    });
  }
}
