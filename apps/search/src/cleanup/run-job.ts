import type { CleanupJobStore, StoredCleanupJob } from '@updraft/store';
import { type Account, AccountError, type Accounts } from '../accounts.ts';
import type { Lease } from '../leases.ts';
import type { PdsReply } from '../pds/pds-client.ts';
import { PdsError } from '../pds/pds-error.ts';
import type { Session, Sessions } from '../pds/sessions.ts';
import type { DeletionPlan, DeletionQuery } from '../repository/plan-deletions.ts';
import { RepositoryError } from '../repository/repository-error.ts';
import type { Deletion } from './deletions.ts';
import { advance, allowance, type CleanupJob, isEnded, type JobEvent, type JobPolicy } from './job.ts';
import { toJob } from './stored-job.ts';
import { type TokenSeal, UnsealError } from './token-seal.ts';

export interface JobDeps {
  readonly store: CleanupJobStore;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  /** Reads the account's repository and says what there is to delete. */
  readonly plan: (account: Account, query: DeletionQuery, signal: AbortSignal) => Promise<DeletionPlan>;
  readonly seal: TokenSeal;
  readonly policy: JobPolicy;
  readonly now: () => number;
  readonly random: () => number;
}

/** Deletions of one call, the most that a PDS takes. */
export const BATCH_SIZE = 200;

/**
 * Takes a job as far as it gets now: refresh the session, list what is left, delete batch by batch. Each step is written
 * before the next is begun, and each can be done again after a kill: a batch is noted before it is sent, so that the next
 * listing tells whether it was deleted. Resolves with the job as it stands; rejects only when the store fails or the lease
 * is lost.
 */
export async function runJob(
  deps: JobDeps,
  stored: StoredCleanupJob,
  lease: Lease,
  signal: AbortSignal,
): Promise<CleanupJob> {
  const run = createRun(deps, stored, lease, AbortSignal.any([signal, lease.signal]));
  try {
    if (stored.isCancelRequested) await run.step({ kind: 'cancelled' });
    else await work(deps, run);
  } catch (error) {
    run.signal.throwIfAborted();
    const event = afterError(error, deps.random());
    if (event === undefined) throw error;
    await run.step(event);
  }
  if (isEnded(run.job())) await leaveNothing(deps, run);
  return run.job();
}

/** The token is out of the job already; here it becomes worthless, and its older copies go from the disk. */
async function leaveNothing(deps: JobDeps, run: Run): Promise<void> {
  const { jobId, repo } = run.job();
  try {
    const { pds } = await deps.accounts.find(repo, repo);
    await deps.sessions.end(pds, await deps.seal.unseal(jobId, run.lastToken()));
  } catch (error) {
    if (afterError(error, 0) === undefined) throw error; // else nobody can be asked: the session ends by itself
  }
  await deps.store.eraseOldStates();
}

interface Run {
  readonly signal: AbortSignal;
  job(): CleanupJob;
  /** The last sealed token, also when the job has ended. */
  lastToken(): string;
  /** Changes the job and writes it. */
  step(event: JobEvent): Promise<void>;
  isCancelled(): Promise<boolean>;
}

const STEPS_PER_FENCE = 2 ** 24;

function createRun(deps: JobDeps, stored: StoredCleanupJob, lease: Lease, signal: AbortSignal): Run {
  let job = toJob(stored);
  let version = lease.fence * STEPS_PER_FENCE;
  let token = job.refreshToken;
  return {
    signal,
    job: () => job,
    lastToken: () => token,
    step: async (event) => {
      signal.throwIfAborted();
      job = advance(job, event, deps.now(), deps.policy);
      await deps.store.save({ ...job, version: ++version });
      if (job.refreshToken !== '') token = job.refreshToken;
    },
    isCancelled: async () => (await deps.store.get(job.jobId))?.isCancelRequested === true,
  };
}

/** The fence of the lease that the job was last written under. */
export function fenceOf(job: Pick<StoredCleanupJob, 'version'>): number {
  return Math.floor(job.version / STEPS_PER_FENCE);
}

async function work(deps: JobDeps, run: Run): Promise<void> {
  const before = allowance(run.job(), deps.now(), deps.policy);
  if (before.count === 0 && run.job().inFlight.length === 0) return pause(run, before.resetsAt);
  await run.step({ kind: 'started' });
  const account = await deps.accounts.find(run.job().repo, run.job().repo);
  const session = await refresh(deps, run, account);
  await deleteBatches(deps, run, account, session, await list(deps, run, account));
  if (run.job().jobState !== 'running') return;
  if (run.job().estNumRemaining === 0) return run.step({ kind: 'completed' });
  await pause(run, allowance(run.job(), deps.now(), deps.policy).resetsAt);
}

function pause(run: Run, untilMs: number): Promise<void> {
  return run.step({ kind: 'paused', untilMs, reason: 'the allowance of deletions is used up for now' });
}

/** The token that the PDS gives is written before anything else can fail: the one before is used up. */
async function refresh(deps: JobDeps, run: Run, account: Account): Promise<Session> {
  const { jobId, refreshToken } = run.job();
  const token = await deps.seal.unseal(jobId, refreshToken);
  const session = await deps.sessions.refresh(account.pds, token, run.signal);
  await run.step({ kind: 'refreshed', refreshToken: await deps.seal.seal(jobId, session.refreshToken) });
  if (session.did !== account.did)
    throw new PdsError('refused', "the account's server gave a session of another account");
  return session;
}

async function list(deps: JobDeps, run: Run, account: Account): Promise<readonly Deletion[]> {
  const { cleanupTypes, deleteOlderThan, inFlight } = run.job();
  const rule = { types: cleanupTypes, olderThanMs: deleteOlderThan };
  const { count } = allowance(run.job(), deps.now(), deps.policy);
  const { total, first, stillThere } = await deps.plan(
    account,
    { rule, first: count, askedAbout: inFlight },
    run.signal,
  );
  await run.step({ kind: 'listed', numRemaining: total, numSettled: inFlight.length - stillThere.length });
  const { count: countNow } = allowance(run.job(), deps.now(), deps.policy);
  return first.slice(0, countNow);
}

async function deleteBatches(
  deps: JobDeps,
  run: Run,
  account: Account,
  session: Session,
  deletions: readonly Deletion[],
): Promise<void> {
  for (let start = 0; start < deletions.length; start += BATCH_SIZE) {
    const batch = deletions.slice(start, start + BATCH_SIZE);
    if (await run.isCancelled()) return run.step({ kind: 'cancelled' });
    await run.step({ kind: 'intended', writes: batch.map(({ collection, rkey }) => `${collection}/${rkey}`) });
    const { rate } = await deps.sessions.deleteRecords(account.pds, session, batch, run.signal);
    await run.step({ kind: 'deleted' });
    const pauseUntil = pointsReturnAt(rate, deletions.length - start - batch.length, deps.now());
    if (pauseUntil !== undefined) {
      return run.step({ kind: 'paused', untilMs: pauseUntil, reason: "the account's server allows no more for now" });
    }
  }
}

/** When the next batch may be sent, if the PDS says that its points do not suffice for it now. */
function pointsReturnAt(
  { remaining, resetAtMs }: PdsReply['rate'],
  numLeft: number,
  nowMs: number,
): number | undefined {
  if (remaining === undefined || resetAtMs === undefined || numLeft === 0) return undefined;
  if (remaining >= Math.min(BATCH_SIZE, numLeft)) return undefined;
  return Math.min(Math.max(resetAtMs, nowMs + 1_000), nowMs + 86_400_000);
}

/** What an outside failure means for the job; undefined for our own, which the job is not to blame for. */
function afterError(error: unknown, jitter: number): JobEvent | undefined {
  if (error instanceof PdsError && error.fault === 'unauthorized') {
    return { kind: 'failed', reason: `${error.message}: sign in again to start anew` };
  }
  if (error instanceof PdsError)
    return { kind: 'troubled', reason: error.message, notBeforeMs: error.retryAtMs, jitter };
  return isOutsideFault(error) ? { kind: 'troubled', reason: error.message, jitter } : undefined;
}

/** What the account's server, the directory or the operator's keys are to blame for. */
function isOutsideFault(error: unknown): error is Error {
  return error instanceof AccountError || error instanceof RepositoryError || error instanceof UnsealError;
}
