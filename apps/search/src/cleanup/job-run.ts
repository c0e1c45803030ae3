import type { TokenSeal } from '@updraft/console-api';
import type { Accounts } from '@updraft/identity';
import type { CleanupJobStore, Lease, StoredCleanupJob } from '@updraft/store';
import type { Sessions } from '../pds/sessions.ts';
import type { JobPolicy } from './allowance.ts';
import { advance, type CleanupJob, type JobEvent } from './job.ts';
import type { Plan } from './plan.ts';
import { toJob, toRow } from './stored-job.ts';

export interface JobDeps {
  readonly store: CleanupJobStore;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly plan: Plan;
  readonly seal: TokenSeal;
  readonly policy: JobPolicy;
  readonly now: () => number;
  readonly random: () => number;
}

/** A job under its lease. */
export interface Run {
  readonly signal: AbortSignal;
  job(): CleanupJob;
  /** The last sealed token, even after the job has ended. */
  lastToken(): string;
  /** Changes the job and writes it. */
  step(event: JobEvent): Promise<void>;
  /**
   * Writes what the session continues with, sealed, even after the lease is lost: the server takes nothing older any more. A row of a
   * later lease wins over this one.
   */
  keepSecret(sealed: string): Promise<void>;
  isCancelled(): Promise<boolean>;
}

const STEPS_PER_FENCE = 2 ** 24;

export function createRun(deps: JobDeps, stored: StoredCleanupJob, lease: Lease, signal: AbortSignal): Run {
  let job = toJob(stored);
  let version = lease.fence * STEPS_PER_FENCE;
  let token = job.refreshToken;
  const apply = async (event: JobEvent) => {
    job = advance(job, event, deps.now(), deps.policy);
    await deps.store.save({ ...toRow(job), version: ++version });
    if (job.refreshToken !== '') token = job.refreshToken;
  };
  return {
    signal,
    job: () => job,
    lastToken: () => token,
    step: async (event) => {
      signal.throwIfAborted();
      await apply(event);
    },
    keepSecret: (sealed) => apply({ kind: 'refreshed', refreshToken: sealed }),
    isCancelled: async () => (await deps.store.get(job.jobId))?.isCancelRequested === true,
  };
}

/** The fence of the lease under which the job was last written. */
export function fenceOf(job: Pick<StoredCleanupJob, 'version'>): number {
  return Math.floor(job.version / STEPS_PER_FENCE);
}
