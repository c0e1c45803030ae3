import { PdsError } from '@updraft/repository';
import { DAY_MS } from '../days.ts';
import type { RateHeaders } from '../pds/rate-headers.ts';
import type { PdsSession } from '../pds/sessions.ts';
import { DeletionError, isAboutWrites } from './after-error.ts';
import { allowance } from './allowance.ts';
import { BATCH_SIZE, type Batches, createBatches } from './batches.ts';
import type { JobDeps, Run } from './job-run.ts';
import { MAX_SET_ASIDE, type Refusal } from './set-aside.ts';

/**
 * Sends deletions of these paths, batch by batch, until all have been sent, the job waits or is cancelled, or too
 * many are refused. The job has each batch written down before it is sent. @throws PdsError, DeletionError
 */
export async function deleteAll(deps: JobDeps, run: Run, session: PdsSession, paths: readonly string[]): Promise<void> {
  const batches = createBatches(paths, run.job().writesPerCall || BATCH_SIZE);
  let numLeft = paths.length;
  for (;;) {
    const { count, resetsAt } = allowance(run.job(), deps.now(), deps.policy);
    const batch = count === 0 ? [] : batches.next(count);
    if (batch === undefined) return blameTheRest(run, batches.unproven());
    if (batch.length === 0) return pauseUntil(run, resetsAt);
    if (run.job().setAside.length > MAX_SET_ASIDE || (await run.isCancelled())) return;
    await run.step({ kind: 'intended', writes: batch });
    const answer = await send(session, batch, run.signal);
    if (answer.kind === 'refused') {
      await noteRefusal(run, batches, answer.reason);
      continue;
    }
    numLeft -= batch.length;
    await noteDeletion(run, batches, batch);
    const until = pointsReturnAt(answer.rate, Math.min(batches.size(), numLeft), deps.now());
    if (until !== undefined)
      return run.step({ kind: 'paused', untilMs: until, reason: "the account's server allows no more for now" });
  }
}

/** Pauses the job: our own allowance is used up. */
export function pauseUntil(run: Run, untilMs: number): Promise<void> {
  return run.step({ kind: 'paused', untilMs, reason: 'the allowance of deletions is used up for now' });
}

type Answer =
  | { readonly kind: 'deleted'; readonly rate: RateHeaders }
  | { readonly kind: 'refused'; readonly reason: string };

async function send(session: PdsSession, batch: readonly string[], signal: AbortSignal): Promise<Answer> {
  const writes = batch.map((path) => {
    const slash = path.indexOf('/');
    return { collection: path.slice(0, slash), rkey: path.slice(slash + 1) };
  });
  try {
    const { rate } = await session.deleteRecords(writes, signal);
    return { kind: 'deleted', rate };
  } catch (error) {
    if (!(error instanceof PdsError)) throw error;
    // Access tokens expire after an hour or two: the next run has a new one.
    if (error.error === 'ExpiredToken')
      throw new PdsError('unavailable', 'the session had to be renewed', { cause: error });
    if (isAboutWrites(error)) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

async function noteDeletion(run: Run, batches: Batches, batch: readonly string[]): Promise<void> {
  await run.step({ kind: 'deleted', writes: batch });
  const { proven } = batches.passed();
  if (proven.length > 0) await run.step({ kind: 'refused', refusals: proven });
  const size = batches.size();
  if (size < (run.job().writesPerCall || BATCH_SIZE)) await run.step({ kind: 'learnt', writesPerCall: size });
}

async function noteRefusal(run: Run, batches: Batches, reason: string): Promise<void> {
  const { proven, isHopeless } = batches.refused(reason);
  if (proven.length > 0) await run.step({ kind: 'refused', refusals: proven });
  if (isHopeless) throw new DeletionError(reason, batches.unproven());
}

/** All has been sent. Records that were refused while nothing passed are blamed only if the server has deleted others. */
async function blameTheRest(run: Run, unproven: readonly Refusal[]): Promise<void> {
  const { numDeleted, setAside } = run.job();
  const known = new Set(setAside.map(({ path }) => path));
  const refusals = unproven.filter(({ path }) => numDeleted > 0 || known.has(path));
  if (refusals.length > 0) await run.step({ kind: 'refused', refusals });
  const [first] = unproven;
  if (first !== undefined && refusals.length < unproven.length) throw new DeletionError(first.reason, unproven);
}

/** When the next batch may be sent; undefined when the PDS does not say that its points are too few now. */
function pointsReturnAt({ remaining, resetAtMs }: RateHeaders, nextSize: number, nowMs: number): number | undefined {
  if (remaining === undefined || resetAtMs === undefined || nextSize === 0) return undefined;
  if (remaining >= nextSize) return undefined;
  return Math.min(Math.max(resetAtMs, nowMs + 1_000), nowMs + DAY_MS);
}
