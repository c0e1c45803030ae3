import { PdsError } from '@updraft/repository';
import type { Lease, StoredCleanupJob } from '@updraft/store';
import type { Account } from '../accounts.ts';
import type { Session } from '../pds/sessions.ts';
import { afterError, DeletionError } from './after-error.ts';
import { allowance } from './allowance.ts';
import { deleteAll, pauseUntil } from './delete-all.ts';
import { isEnded, type JobEvent, outcomeOf, STILL_THERE } from './job.ts';
import { createRun, type JobDeps, type Run } from './job-run.ts';
import { isLeft, MAX_SET_ASIDE } from './set-aside.ts';

/**
 * Takes a job as far as it gets now: refresh the session, read the repository, delete batch by batch, read the repository
 * again. Each step is written before the next is begun, and each can be done again after a kill. Nothing counts as deleted
 * because the server says so, only because the repository no longer has it. Resolves with the job as it stands; rejects only
 * when the store fails or the lease is lost.
 */
export async function runJob(
  deps: JobDeps,
  stored: StoredCleanupJob,
  lease: Lease,
  signal: AbortSignal,
): Promise<ReturnType<Run['job']>> {
  const run = createRun(deps, stored, lease, AbortSignal.any([signal, lease.signal]));
  try {
    if (stored.isCancelRequested) await end(deps, run, { kind: 'cancelled' });
    else await work(deps, run);
  } catch (error) {
    run.signal.throwIfAborted();
    const event = afterError(error, deps.random());
    if (event === undefined) throw error;
    await (event.kind === 'failed' ? end(deps, run, event) : run.step(event));
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

/** Ends the job; what was sent is looked for once more, so that the count is true where that can be known. */
async function end(deps: JobDeps, run: Run, event: JobEvent): Promise<void> {
  const { repo, inFlight, claimed } = run.job();
  try {
    if (inFlight.length + claimed.length > 0) await list(deps, run, await deps.accounts.find(repo, repo));
  } catch (error) {
    run.signal.throwIfAborted();
    if (afterError(error, 0) === undefined) throw error;
  }
  await run.step(event);
}

async function work(deps: JobDeps, run: Run): Promise<void> {
  const before = allowance(run.job(), deps.now(), deps.policy);
  if (before.count === 0 && run.job().inFlight.length === 0) return pauseUntil(run, before.resetsAt);
  await run.step({ kind: 'started' });
  const account = await deps.accounts.find(run.job().repo, run.job().repo);
  const session = await refresh(deps, run, account);
  const listing = await list(deps, run, account);
  if (await isOver(run, listing)) return;
  await deleteAll(deps, run, { account, session }, listing.next);
  if (await run.isCancelled()) return end(deps, run, { kind: 'cancelled' });
  if (run.job().jobState !== 'running') return;
  const isHopeless = run.job().setAside.length > MAX_SET_ASIDE;
  if (listing.isPart && !isHopeless) return pauseUntil(run, allowance(run.job(), deps.now(), deps.policy).resetsAt);
  if (await isOver(run, await list(deps, run, account))) return;
  const reason = `${run.job().estNumRemaining} records are still there: they are tried again`;
  await run.step({ kind: 'paused', untilMs: deps.now() + deps.policy.minWaitMs, reason });
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

interface Listing {
  /** What to send now: records that were refused before only when there are no others. */
  readonly next: readonly string[];
  /** Whether there is more than the allowance lets be sent. */
  readonly isPart: boolean;
  readonly numGone: number;
  readonly refuted: readonly string[];
}

async function list(deps: JobDeps, run: Run, account: Account): Promise<Listing> {
  const job = run.job();
  const { count } = allowance(job, deps.now(), deps.policy);
  const { total, kept, first, stillThere } = await deps.plan(
    account,
    {
      rule: { types: job.cleanupTypes, olderThanMs: job.deleteOlderThan },
      keep: job.keep,
      first: count,
      askedAbout: [...job.inFlight, ...job.claimed, ...job.setAside.map(({ path }) => path)],
      leave: job.setAside.filter(isLeft).map(({ path }) => path),
    },
    run.signal,
  );
  await run.step({ kind: 'listed', numRemaining: total, stillThere, kept });
  const refused = new Set(run.job().setAside.map(({ path }) => path));
  const paths = first.map(({ collection, rkey }) => `${collection}/${rkey}`);
  const fresh = paths.filter((path) => !refused.has(path));
  const again = run.job().setAside.filter((each) => !isLeft(each) && paths.includes(each.path));
  return {
    next: fresh.length > 0 ? fresh : again.map(({ path }) => path),
    isPart: total > first.length,
    ...outcomeOf(job, stillThere),
  };
}

/** Ends the job when what the repository says leaves nothing more to do. @throws DeletionError when the server only says that it deletes. */
async function isOver(run: Run, { numGone, refuted }: Listing): Promise<boolean> {
  const { estNumRemaining, numDeleted, setAside } = run.job();
  if (setAside.length > MAX_SET_ASIDE) {
    await run.step({
      kind: 'failed',
      reason: `the account's server refuses to delete more than ${MAX_SET_ASIDE} records`,
    });
    return true;
  }
  const known = new Set(setAside.map(({ path }) => path));
  const lies = refuted.filter((path) => !known.has(path));
  if (lies.length > 0 && numGone === 0) {
    const reason = `the account's server calls ${lies.length} records deleted, but they are still there`;
    throw new DeletionError(
      reason,
      lies.map((path) => ({ path, reason: STILL_THERE })),
    );
  }
  if (estNumRemaining > 0) return false;
  const reason = setAside.length === 0 ? '' : `${setAside.length} records could not be deleted`;
  await run.step(setAside.length > 0 && numDeleted === 0 ? { kind: 'failed', reason } : { kind: 'completed', reason });
  return true;
}
