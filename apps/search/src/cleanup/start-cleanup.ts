import { randomUUID } from 'node:crypto';
import { type AtUri, isDid } from '@updraft/atproto';
import { type Account, AccountError } from '@updraft/identity';
import { PdsError } from '@updraft/repository';
import {
  AuthenticationRequiredError,
  InvalidRequestError,
  NotEnoughResourcesError,
  RateLimitExceededError,
} from '@updraft/service';
import type { CleanupJobStore, Leases, StoredCleanupJob } from '@updraft/store';
import type { CallLimit } from '../call-limit.ts';
import { DAY_MS } from '../days.ts';
import type { Session } from '../pds/sessions.ts';
import type { DeletionPlan } from '../repository/plan-deletions.ts';
import type { CleanupRule, CleanupType } from './deletions.ts';
import { isEnded } from './job.ts';
import type { JobDeps } from './job-run.ts';
import { createJobSecret } from './job-secret.ts';
import type { KeepOptions } from './keep.ts';
import { type JobTask, newJob } from './new-job.ts';
import { toJob, toRow } from './stored-job.ts';

export interface CleanupRequest {
  readonly identifier: string;
  /** Used once and not stored. */
  readonly appPassword: string;
  readonly types: readonly CleanupType[];
  readonly daysAgo: number;
  readonly keep: Omit<KeepOptions, 'paths'>;
  /** The records to keep; each has a collection and a key. */
  readonly keepUris: readonly AtUri[];
  /** False for a dry run. */
  readonly isReal: boolean;
  /** The name by which sign-ins are limited. */
  readonly caller: string;
}

export interface CleanupStart {
  readonly job: { readonly jobId: string; readonly secret: string; readonly isOlder: boolean } | undefined;
  readonly did: string;
  readonly plan: Pick<DeletionPlan, 'total' | 'byType' | 'kept' | 'first'>;
}

export interface StartDeps extends Omit<JobDeps, 'policy' | 'random'> {
  readonly leases: Leases;
  readonly signIns: CallLimit;
  readonly onJob: () => void;
}

/** Signs in and plans the deletions; for a real run creates a job, or finds the one that the account has. */
export async function startCleanup(
  deps: StartDeps,
  request: CleanupRequest,
  signal: AbortSignal,
): Promise<CleanupStart> {
  const account = await findAccount(deps, request);
  const keep: KeepOptions = { ...request.keep, paths: ownPaths(account.did, request.keepUris) };
  const session = await signIn(deps, account, request, signal);
  let isKept = false;
  try {
    const older = request.isReal ? await liveJob(deps.store, account.did) : undefined;
    if (older !== undefined) return await reopen(deps, older);
    const rule: CleanupRule = { types: request.types, olderThanMs: deps.now() - request.daysAgo * DAY_MS };
    const plan = await deps.plan(account, { rule, keep, first: SAMPLE_SIZE, askedAbout: [], leave: [] }, signal);
    if (!request.isReal) return { job: undefined, did: account.did, plan };
    const made = await createJob(deps, { rule, keep, plan }, session);
    if (made !== undefined) {
      isKept = true;
      deps.onJob();
      return { job: { ...made, isOlder: false }, did: account.did, plan };
    }
    const other = await liveJob(deps.store, account.did);
    if (other !== undefined) return await reopen(deps, other);
    throw new NotEnoughResourcesError('another job for this account is being created', { retryAfterS: 5 });
  } finally {
    if (!isKept) await deps.sessions.end(account.pds, session.refreshToken);
  }
}

const SAMPLE_SIZE = 10;

async function findAccount({ accounts, signIns }: StartDeps, { identifier, caller }: CleanupRequest): Promise<Account> {
  if (!(await signIns.take([`caller:${caller}`]))) throw tooManySignIns();
  let account: Account;
  try {
    account = await accounts.find(identifier, caller);
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    throw error.fault === 'unknown' ? wrongCredentials() : new NotEnoughResourcesError(error.message);
  }
  if (!(await signIns.take([`account:${account.did}`]))) throw tooManySignIns();
  return account;
}

async function signIn(
  { sessions }: StartDeps,
  account: Account,
  request: CleanupRequest,
  signal: AbortSignal,
): Promise<Session> {
  let session: Session;
  try {
    session = await sessions.create(account.pds, account.did, request.appPassword, signal);
  } catch (error) {
    if (error instanceof PdsError && ['unauthorized', 'refused', 'absent'].includes(error.fault))
      throw wrongCredentials();
    throw error;
  }
  if (session.did === account.did) return session;
  throw new PdsError('unavailable', "the account's server gave a session of another account");
}

/** One answer for every fault, so that it does not tell which part was wrong. */
function wrongCredentials(): AuthenticationRequiredError {
  return new AuthenticationRequiredError('the identifier or the app password is wrong');
}

function tooManySignIns(): RateLimitExceededError {
  return new RateLimitExceededError('five sign-ins a minute are allowed', { retryAfterS: 60 });
}

async function liveJob(store: CleanupJobStore, did: string): Promise<StoredCleanupJob | undefined> {
  const jobs = await store.ofRepo(did);
  return jobs.find((job) => !isEnded(toJob(job)) && !job.isCancelRequested);
}

/** The owner has given the password again: the job gets a new secret, which replaces the old one. */
async function reopen({ store, now }: StartDeps, job: StoredCleanupJob): Promise<CleanupStart> {
  const { secret, hash } = createJobSecret();
  await store.saveSecret(job.jobId, hash, now() * 1000);
  const plan = { total: job.estNumRemaining, byType: {}, kept: {}, first: [] };
  return { job: { jobId: job.jobId, secret, isOlder: true }, did: job.repo, plan };
}

/** Creates the job; undefined when the account has one by now, or when another request is creating one. */
async function createJob(
  deps: StartDeps,
  task: JobTask,
  session: Session,
): Promise<{ jobId: string; secret: string } | undefined> {
  const lease = await deps.leases.acquire(`cleanup-create:${session.did}`);
  if (lease === undefined) return undefined;
  try {
    if ((await liveJob(deps.store, session.did)) !== undefined) return undefined;
    const jobId = randomUUID();
    const { secret, hash } = createJobSecret();
    const refreshToken = await deps.seal.seal(jobId, session.refreshToken);
    await deps.store.saveSecret(jobId, hash, deps.now() * 1000);
    await deps.store.save({ ...toRow({ ...newJob(jobId, session.did, task, deps.now()), refreshToken }), version: 1 });
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
