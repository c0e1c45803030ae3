import type { Account } from '@updraft/identity';
import { PdsError } from '@updraft/repository';
import type { CleanupJobStore, RepoCleanupJobRow, StoredCleanupJob } from '@updraft/store';
import type { RecordPlace } from '../pds/sessions.ts';
import type { DeletionPlan, DeletionQuery } from '../repository/plan-deletions.ts';
import { DEFAULT_POLICY, type JobPolicy } from './allowance.ts';
import { createFakeSession, FIRST_SECRET } from './fake-session.fixture.ts';
import { type CleanupJob, isEnded } from './job.ts';
import { fenceOf, type JobDeps } from './job-run.ts';
import { DEFAULT_KEEP } from './keep.ts';
import { newJob } from './new-job.ts';
import { runJob } from './run-job.ts';
import { toJob, toRow } from './stored-job.ts';

/** Whole jobs for tests: the real runs, over a store, a clock and an account's server in memory, killed where a test says. */

const NOON = Date.UTC(2026, 6, 4, 12);
const POST = 'app.bsky.feed.post';

/** What an account's server does with a call for deletions: it may delete some of the paths, and answers or throws. */
export type Behaviour = (paths: readonly string[], remove: (path: string) => void, call: number) => void;

export interface Scenario {
  readonly count: number;
  readonly behave: Behaviour;
  /** The steps, by their number, before or after which the process is killed. */
  readonly kills?: ReadonlySet<number>;
  readonly policy?: Partial<JobPolicy>;
  /** A session of OAuth, which has to be renewed before these calls for deletions, by their number. */
  readonly renewals?: ReadonlySet<number>;
}

export interface Outcome {
  readonly job: CleanupJob;
  /** Paths that are still there. */
  readonly left: readonly string[];
  readonly sizes: readonly number[];
  readonly runs: number;
  /** The most deletions that were sent within an hour. */
  readonly mostPerHour: number;
}

class Killed extends Error {}

export const pathsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${POST}/3k${String(index).padStart(5, '0')}`);
export const path = (index: number): string => pathsOf(index + 1)[index] ?? '';
const refuse = (status: number) => new PdsError(status === 500 ? 'unavailable' : 'refused', `${status}`, { status });

/** Runs a job until it has ended, each run at the time that the one before named; a killed run is begun again. */
export async function cleanUp(scenario: Scenario): Promise<Outcome> {
  const world = createWorld(scenario);
  let runs = 0;
  while (!isEnded(toJob(stored(world.row())))) {
    if (++runs > 2_000) throw new Error('the job does not end');
    world.waitUntil(world.row().nextRunAt);
    const lease = { fence: fenceOf(world.row()) + 1, signal: new AbortController().signal, release: async () => {} };
    await runJob(world.deps, stored(world.row()), lease, new AbortController().signal).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
  }
  return {
    job: toJob(stored(world.row())),
    left: [...world.records],
    sizes: world.sent.map(({ size }) => size),
    runs,
    mostPerHour: mostWithinHour(world.sent),
  };
}

/** What a run works with, and what tests look at: the stored job, the account's records, and what was sent to delete them. */
function createWorld({ count, behave, kills = new Set(), policy = {}, renewals }: Scenario) {
  const records = new Set(pathsOf(count));
  const sent: { readonly at: number; readonly size: number }[] = [];
  let [now, steps, row] = [NOON, 0, firstRow(count)];
  const step = async <T>(act: () => T): Promise<T> => {
    if (kills.has(++steps)) throw new Killed();
    const result = act();
    if (kills.has(++steps)) throw new Killed();
    return result;
  };
  const deleteRecords = (writes: readonly RecordPlace[]) =>
    step(() => {
      const paths = writes.map(({ collection, rkey }) => `${collection}/${rkey}`);
      sent.push({ at: now, size: paths.length });
      behave(paths, (each) => records.delete(each), sent.length);
      return { body: {}, characters: 2, rate: { remaining: undefined, resetAtMs: undefined } };
    });
  const mustRenew = () => renewals?.has(sent.length + 1) === true;
  const open = createFakeSession({ step, isStrict: renewals !== undefined, mustRenew, deleteRecords });
  const save = (next: RepoCleanupJobRow) => step(() => void (row = next));
  const deps: JobDeps = {
    ...OUTSIDE,
    store: storeOf(() => row, save),
    sessions: { open, end: async () => {} },
    plan: (_account, query) => step(() => planOf(records, query)),
    policy: { ...DEFAULT_POLICY, ...policy },
    now: () => now,
  };
  const waitUntil = (atMs: number) => {
    now = Math.max(now + 1_000, atMs);
  };
  return { deps, records, sent, row: () => row, waitUntil };
}

const ACCOUNT = { did: 'did:plc:a', pds: 'https://pds.example' } as Account;
const OUTSIDE = {
  accounts: { find: async () => ACCOUNT, checkCommit: () => async () => true },
  seal: {
    seal: async (_job: string, secret: string) => secret,
    unseal: async (_job: string, secret: string) => secret,
  },
  random: () => 0,
};

function planOf(records: ReadonlySet<string>, { first, askedAbout, leave }: DeletionQuery): DeletionPlan {
  const wanted = [...records].filter((each) => !leave.includes(each));
  return {
    total: wanted.length,
    byType: {},
    kept: {},
    first: wanted
      .slice(0, first)
      .map((each) => ({ type: 'post', collection: POST, rkey: each.slice(POST.length + 1) })),
    stillThere: askedAbout.filter((each) => records.has(each)),
  };
}

function firstRow(count: number): RepoCleanupJobRow {
  const job: CleanupJob = {
    ...newJob(
      'j',
      ACCOUNT.did,
      {
        rule: { types: ['post'], olderThanMs: NOON },
        keep: DEFAULT_KEEP,
        plan: { total: count, kept: {}, byType: {} },
      },
      NOON,
    ),
    refreshToken: FIRST_SECRET,
  };
  return { ...toRow(job), version: 1 };
}

function stored(row: RepoCleanupJobRow): StoredCleanupJob {
  return { ...row, secretHash: '', isCancelRequested: false };
}

/** Of the store, what a run uses. */
function storeOf(read: () => RepoCleanupJobRow, save: (row: RepoCleanupJobRow) => Promise<void>): CleanupJobStore {
  const unused = () => Promise.reject(new Error('a run does not ask this'));
  return {
    save,
    get: async () => stored(read()),
    eraseOldStates: async () => {},
    ofRepo: unused,
    due: unused,
    saveSecret: unused,
    requestCancel: unused,
    totals: unused,
  };
}

/** Hours as a server counts them: one begins with the first call after the one before is over. */
function mostWithinHour(sent: readonly { readonly at: number; readonly size: number }[]): number {
  let [most, sum, startedAt] = [0, 0, 0];
  for (const { at, size } of sent) {
    if (at - startedAt >= 3_600_000) [sum, startedAt] = [0, at];
    sum += size;
    most = Math.max(most, sum);
  }
  return most;
}

/** A server that deletes what it can; `lies`: it calls these deleted. */
export const server =
  ({ stuck = new Set<string>(), lies = new Set<string>(), most = 200 }): Behaviour =>
  (paths, remove) => {
    if (paths.length > most || paths.some((each) => stuck.has(each))) throw refuse(500);
    for (const each of paths) if (!lies.has(each)) remove(each);
  };
