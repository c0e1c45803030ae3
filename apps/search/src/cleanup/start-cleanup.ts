import { randomUUID } from 'node:crypto';
import { type AtUri, isDid } from '@updraft/atproto';
import type { CleanupType } from '@updraft/console-api/views';
import { InvalidRequestError, NotEnoughResourcesError, namedError } from '@updraft/service';
import type { CleanupJobStore, Leases, StoredCleanupJob } from '@updraft/store';
import { DAY_MS } from '../days.ts';
import type { CountsByType, DeletionPlan } from '../repository/plan-deletions.ts';
import { type Access, type AccessDeps, type CleanupOwner, openAccess } from './access.ts';
import type { CleanupRule } from './deletions.ts';
import { isEnded } from './job.ts';
import type { JobDeps } from './job-run.ts';
import { createJobSecret } from './job-secret.ts';
import type { KeepOptions } from './keep.ts';
import { type JobTask, newJob } from './new-job.ts';
import { toJob, toRow } from './stored-job.ts';

/** More would be deleted than the owner has confirmed. */
export class MoreThanConfirmedError extends namedError(409, 'MoreThanConfirmed') {}

export interface CleanupRequest {
  readonly owner: CleanupOwner;
  /** The account of the dry run that the owner looked at; undefined when it does not matter. */
  readonly repo: string | undefined;
  readonly types: readonly CleanupType[];
  /** How old a record must be, or the moment before which it was made. */
  readonly age: { readonly daysAgo: number } | { readonly olderThanMs: number };
  readonly keep: Omit<KeepOptions, 'paths'>;
  /** The records to keep; each has a collection and a key. */
  readonly keepUris: readonly AtUri[];
  /** False for a dry run. */
  readonly isReal: boolean;
  /** What a dry run has shown the owner; undefined when it does not matter. */
  readonly confirmed: CountsByType | undefined;
}

export interface CleanupStart {
  readonly job: { readonly jobId: string; readonly secret: string | undefined; readonly isOlder: boolean } | undefined;
  readonly did: string;
  readonly olderThanMs: number;
  readonly plan: Pick<DeletionPlan, 'total' | 'byType' | 'kept' | 'first'>;
}

export interface StartDeps extends Omit<JobDeps, 'policy' | 'random'>, AccessDeps {
  readonly leases: Leases;
  readonly onJob: () => void;
}

/** Plans the deletions; for a real run creates a job, or finds the one that the account has. */
export async function startCleanup(
  deps: StartDeps,
  request: CleanupRequest,
  signal: AbortSignal,
): Promise<CleanupStart> {
  const access = await openAccess(deps, request.owner, request.isReal, signal);
  let isKept = false;
  try {
    const { did } = access.account;
    if (request.repo !== undefined && request.repo !== did)
      throw new InvalidRequestError(`repo: ${did} is signed in, another account than that of the dry run`);
    const keep: KeepOptions = { ...request.keep, paths: ownPaths(did, request.keepUris) };
    const older = request.isReal ? await liveJob(deps.store, did) : undefined;
    if (older !== undefined) return await reopen(deps, older, access);
    const rule: CleanupRule = { types: request.types, olderThanMs: olderThan(request, deps.now()) };
    const plan = await deps.plan(access.account, { rule, keep, ...SAMPLE, askedAbout: [], leave: [] }, signal);
    const start = { did, olderThanMs: rule.olderThanMs, plan };
    if (!request.isReal) return { job: undefined, ...start };
    checkConfirmed(plan.byType, request.confirmed);
    const made = await createJob(deps, { rule, keep, plan }, access);
    if (made !== undefined) {
      isKept = true;
      deps.onJob();
      return { job: { ...made, isOlder: false }, ...start };
    }
    const other = await liveJob(deps.store, did);
    if (other !== undefined) return await reopen(deps, other, access);
    throw new NotEnoughResourcesError('another job for this account is being created', { retryAfterS: 5 });
  } finally {
    if (!isKept) await access.end();
  }
}

/** Some of each type. */
const SAMPLE = { first: 20, firstOfType: 5 };

/** @throws InvalidRequestError for a moment that has not come yet */
function olderThan({ age }: CleanupRequest, nowMs: number): number {
  if ('daysAgo' in age) return nowMs - age.daysAgo * DAY_MS;
  if (age.olderThanMs <= nowMs) return age.olderThanMs;
  throw new InvalidRequestError('delete_older_than: expected a moment in the past');
}

/** The repository may have grown since, also by records that say they are old. */
function checkConfirmed(byType: CountsByType, confirmed: CountsByType | undefined): void {
  if (confirmed === undefined) return;
  const more = Object.entries(byType).filter(([type, count]) => count > (confirmed[type as CleanupType] ?? 0));
  if (more.length === 0) return;
  const counts = more.map(([type, count]) => `${type}: ${count}`).join(', ');
  throw new MoreThanConfirmedError(
    `there is more to delete than was confirmed (${counts}): look at a new dry run first`,
  );
}

async function liveJob(store: CleanupJobStore, did: string): Promise<StoredCleanupJob | undefined> {
  const jobs = await store.ofRepo(did);
  return jobs.find((job) => !isEnded(toJob(job)) && !job.isCancelRequested);
}

/** The owner has proved again who they are: where the job needs a secret, it gets a new one, which replaces the old one. */
async function reopen(deps: StartDeps, stored: StoredCleanupJob, access: Access): Promise<CleanupStart> {
  const { jobId, repo, estNumRemaining: total, deleteOlderThan: olderThanMs } = stored;
  const secret = await giveSecret(deps, jobId, access);
  const plan = { total, byType: {}, kept: {}, first: [] };
  return { job: { jobId, secret, isOlder: true }, did: repo, olderThanMs, plan };
}

async function giveSecret({ store, now }: StartDeps, jobId: string, access: Access): Promise<string | undefined> {
  if (!access.needsJobSecret) return undefined;
  const { secret, hash } = createJobSecret();
  await store.saveSecret(jobId, hash, now() * 1000);
  return secret;
}

/** Creates the job; undefined when the account has one by now, or when another request is creating one. */
async function createJob(
  deps: StartDeps,
  task: JobTask,
  access: Access,
): Promise<{ jobId: string; secret: string | undefined } | undefined> {
  const { did } = access.account;
  const lease = await deps.leases.acquire(`cleanup-create:${did}`);
  if (lease === undefined) return undefined;
  try {
    if ((await liveJob(deps.store, did)) !== undefined) return undefined;
    const jobId = randomUUID();
    const refreshToken = await deps.seal.seal(jobId, await access.take());
    const secret = await giveSecret(deps, jobId, access);
    await deps.store.save({ ...toRow({ ...newJob(jobId, did, task, deps.now()), refreshToken }), version: 1 });
    return { jobId, secret };
  } finally {
    await lease.release();
  }
}

/** The paths of the records to keep. A uri may name any handle, since the account may have had it before. */
function ownPaths(did: string, uris: readonly AtUri[]): string[] {
  const foreign = uris.find(({ authority }) => isDid(authority) && authority !== did);
  if (foreign !== undefined) {
    const { authority, collection, rkey } = foreign;
    const message = `keep_uris: at://${authority}/${collection}/${rkey} is of another account`;
    throw new InvalidRequestError(message);
  }
  return [...new Set(uris.map(({ collection, rkey }) => `${collection}/${rkey}`))];
}
