import { UnsealError } from '@updraft/console-api';
import { AccountError } from '@updraft/identity';
import { PdsError, RepositoryError } from '@updraft/repository';
import { LimitError } from '@updraft/service';
import { LikesUnavailableError } from './count-likes.ts';
import type { JobEvent } from './job.ts';
import type { Refusal } from './set-aside.ts';

/** The server does not delete, whatever it says. The job tries again later. */
export class DeletionError extends Error {
  override name = 'DeletionError';
  /** The records to name if this was the last try. */
  readonly blamed: readonly Refusal[];

  constructor(message: string, blamed: readonly Refusal[]) {
    super(message);
    this.blamed = blamed;
  }
}

/** What a failure outside means for the job; undefined for our own failures, which must not count against the job. */
export function afterError(error: unknown, jitter: number): JobEvent | undefined {
  if (error instanceof PdsError && error.fault === 'unauthorized') {
    return { kind: 'failed', reason: `${error.message}: sign in again to start a new job` };
  }
  if (error instanceof PdsError)
    return { kind: 'troubled', reason: error.message, notBeforeMs: error.retryAtMs, jitter };
  if (error instanceof DeletionError) return { kind: 'troubled', reason: error.message, blamed: error.blamed, jitter };
  return isOutsideFault(error) ? { kind: 'troubled', reason: error.message, jitter } : undefined;
}

/** Faults of the account's server, the directory, busy callers, the index, or the operator's keys. */
function isOutsideFault(error: unknown): error is Error {
  return (
    error instanceof AccountError ||
    error instanceof LimitError ||
    error instanceof RepositoryError ||
    error instanceof LikesUnavailableError ||
    error instanceof UnsealError
  );
}

/**
 * Whether an answer is about the writes that were sent, so that a smaller batch may pass: the server refused them or failed on
 * them. It is not when the server is away, asks to wait, or doesn't know the session or the repository.
 */
export function isAboutWrites({ fault, status, error }: PdsError): boolean {
  if (fault === 'refused') return status !== 403 && status !== 408 && status !== 425;
  if (fault === 'absent') return !error.startsWith('Repo');
  return fault === 'unavailable' && status === 500;
}
