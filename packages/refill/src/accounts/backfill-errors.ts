import { AccountError } from '@updraft/identity';
import { PdsError, RepositoryError } from '@updraft/repository';
import { LimitError } from '@updraft/service';

/** This account's records are not to be written. */
export class RefusedAccountError extends Error {
  override name = 'RefusedAccountError';
}

/** What is wrong with one account, as a sentence; undefined for a fault that is not the account's. `isFinal`: it will be so again. */
export function explainBackfill(error: unknown): { readonly reason: string; readonly isFinal: boolean } | undefined {
  if (error instanceof RefusedAccountError) return { reason: error.message, isFinal: true };
  if (error instanceof PdsError) return { reason: reasonOf(error), isFinal: error.fault === 'absent' };
  if (error instanceof AccountError || error instanceof LimitError || error instanceof RepositoryError)
    return { reason: error.message, isFinal: false };
  return undefined;
}

const STATES: Readonly<Record<string, string>> = {
  RepoTakendown: "the account's server took the repository down",
  RepoSuspended: "the account's server suspended the account",
  RepoDeactivated: 'the account is deactivated',
  RepoNotFound: "the account's server does not have this repository",
};

function reasonOf({ error, message }: PdsError): string {
  return STATES[error] ?? message;
}
