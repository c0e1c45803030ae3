import type { Account } from '@updraft/identity';
import type { Lease, StoredCleanupJob } from '@updraft/store';
import type { PdsSession } from '../pds/sessions.ts';
import { afterError, DeletionError } from './after-error.ts';
import { allowance } from './allowance.ts';
import { deleteAll, pauseUntil } from './delete-all.ts';
import { isEnded, type JobEvent, outcomeOf, STILL_THERE } from './job.ts';
import { createRun, type JobDeps, type Run } from './job-run.ts';
import { isLeft, MAX_SET_ASIDE } from './set-aside.ts';

/**
 * Takes a job as far as it gets now: continue the session, read the repository, delete batch by batch, read the repository
 * again. Each step is written down before the next begins, and can be repeated after a kill. A record counts as deleted once the
 * repository no longer has it, whatever the server says. Resolves with the job as it is then; rejects only when the store fails
 * or the lease is lost.
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

/** The job no longer has the token. This ends its session and erases its older copies from the disk. */
async function leaveNothing(deps: JobDeps, run: Run): Promise<void> {
  const { jobId, repo } = run.job();
  try {
    const { pds } = await deps.accounts.find(repo, repo);
    await deps.sessions.end({ did: repo, pds, secret: await deps.seal.unseal(jobId, run.lastToken()) });
  } catch (error) {
    if (afterError(error, 0) === undefined) throw error; // a fault outside: the session ends by itself later
  }
  await deps.store.eraseOldStates();
}

/** Ends the job. The repository is read once more where that is possible, so that the count of deletions is right. */
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
  const session = await openSession(deps, run, account);
  const listing = await list(deps, run, account);
  if (await isOver(run, listing)) return;
  await deleteAll(deps, run, session, listing.next);
  if (await run.isCancelled()) return end(deps, run, { kind: 'cancelled' });
  if (run.job().jobState !== 'running') return;
  const isHopeless = run.job().setAside.length > MAX_SET_ASIDE;
  if (listing.isPart && !isHopeless) return pauseUntil(run, allowance(run.job(), deps.now(), deps.policy).resetsAt);
  if (await isOver(run, await list(deps, run, account))) return;
  const reason = `${run.job().estNumRemaining} records are still there and are tried again`;
  await run.step({ kind: 'paused', untilMs: deps.now() + deps.policy.minWaitMs, reason });
}

/** A renewed secret is stored before anything else can fail: the old one is used up. */
async function openSession({ seal, sessions }: JobDeps, run: Run, { did, pds }: Account): Promise<PdsSession> {
  const { jobId, refreshToken } = run.job();
  const secret = await seal.unseal(jobId, refreshToken);
  const save = async (next: string) => run.step({ kind: 'refreshed', refreshToken: await seal.seal(jobId, next) });
  return sessions.open({ did, pds, secret }, save, run.signal);
}

interface Listing {
  /** The paths to send now; records that were refused before only when there are no others. */
  readonly next: readonly string[];
  /** Whether more is left to delete than the allowance permits now. */
  readonly isPart: boolean;
  readonly numGone: number;
  readonly refuted: readonly string[];
}

async function list(deps: JobDeps, run: Run, account: Account): Promise<Listing> {
  const job = run.job();
  const { count } = allowance(job, deps.now(), deps.policy);
  const { total, byType, kept, first, stillThere } = await deps.plan(
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
  await run.step({ kind: 'listed', numRemaining: total, stillThere, kept, byType });
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

/** Ends the job when nothing is left to do. @throws DeletionError when the server only says that it deletes */
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
  const unexplained = refuted.filter((path) => !known.has(path));
  if (unexplained.length > 0 && numGone === 0) {
    const reason = `the account's server says that ${unexplained.length} records are deleted, but they are still there`;
    throw new DeletionError(
      reason,
      unexplained.map((path) => ({ path, reason: STILL_THERE })),
    );
  }
  if (estNumRemaining > 0) return false;
  const reason = setAside.length === 0 ? '' : `${setAside.length} records could not be deleted`;
  await run.step(setAside.length > 0 && numDeleted === 0 ? { kind: 'failed', reason } : { kind: 'completed', reason });
  return true;
}
