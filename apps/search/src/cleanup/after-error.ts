import { PdsError, RepositoryError } from '@updraft/repository';
import { LimitError } from '@updraft/service';
import { AccountError } from '../accounts.ts';
import { LikesError } from './count-likes.ts';
import type { JobEvent } from './job.ts';
import type { Refusal } from './set-aside.ts';
import { UnsealError } from './token-seal.ts';

/** The server does not do what it is asked, or says that it did: it is asked again later. */
export class DeletionError extends Error {
  override name = 'DeletionError';
  /** The records to be named when it is not asked again. */
  readonly blamed: readonly Refusal[];

  constructor(message: string, blamed: readonly Refusal[]) {
    super(message);
    this.blamed = blamed;
  }
}

/** What an outside failure means for the job; undefined for our own, which the job is not to blame for. */
export function afterError(error: unknown, jitter: number): JobEvent | undefined {
  if (error instanceof PdsError && error.fault === 'unauthorized') {
    return { kind: 'failed', reason: `${error.message}: sign in again to start anew` };
  }
  if (error instanceof PdsError)
    return { kind: 'troubled', reason: error.message, notBeforeMs: error.retryAtMs, jitter };
  if (error instanceof DeletionError) return { kind: 'troubled', reason: error.message, blamed: error.blamed, jitter };
  return isOutsideFault(error) ? { kind: 'troubled', reason: error.message, jitter } : undefined;
}

/** What the account's server, the directory and those who ask it much, the index or the operator's keys are to blame for. */
function isOutsideFault(error: unknown): error is Error {
  return (
    error instanceof AccountError ||
    error instanceof LimitError ||
    error instanceof RepositoryError ||
    error instanceof LikesError ||
    error instanceof UnsealError
  );
}

/**
 * Whether an answer is about the writes that were sent, so that fewer of them may pass: refused, or an error of the server
 * itself. A server that is away, asks to wait or doesn't know the session or the repository says nothing about them.
 */
export function isAboutWrites({ fault, status, error }: PdsError): boolean {
  if (fault === 'refused') return status !== 403 && status !== 408 && status !== 425;
  if (fault === 'absent') return !error.startsWith('Repo');
  return fault === 'unavailable' && status === 500;
}
