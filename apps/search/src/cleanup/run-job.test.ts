import type { CleanupJobStore, RepoCleanupJobRow, StoredCleanupJob } from '@updraft/store';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Account } from '../accounts.ts';
import { PdsError } from '../pds/pds-error.ts';
import type { DeletionPlan, DeletionQuery } from '../repository/plan-deletions.ts';
import { DEFAULT_POLICY, type JobPolicy } from './allowance.ts';
import { type CleanupJob, isEnded } from './job.ts';
import { fenceOf, type JobDeps } from './job-run.ts';
import { DEFAULT_KEEP } from './keep.ts';
import { runJob } from './run-job.ts';
import { toJob, toRow } from './stored-job.ts';

const NOON = Date.UTC(2026, 6, 4, 12);
const POST = 'app.bsky.feed.post';

/** What an account's server does with a call for deletions: it may delete some of the paths, and answers or throws. */
type Behaviour = (paths: readonly string[], remove: (path: string) => void, call: number) => void;

interface Scenario {
  readonly count: number;
  readonly behave: Behaviour;
  /** The steps, by their number, before or after which the process is killed. */
  readonly kills?: ReadonlySet<number>;
  readonly policy?: Partial<JobPolicy>;
}

interface Outcome {
  readonly job: CleanupJob;
  /** Paths that are still there. */
  readonly left: readonly string[];
  readonly sizes: readonly number[];
  readonly runs: number;
  /** The most deletions that were sent within an hour. */
  readonly mostPerHour: number;
}

class Killed extends Error {}

const pathsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `${POST}/3k${String(index).padStart(5, '0')}`);
const path = (index: number) => pathsOf(index + 1)[index] ?? '';
const refuse = (status: number) => new PdsError(status === 500 ? 'unavailable' : 'refused', `${status}`, { status });

/** Runs a job until it has ended, each run at the time that the one before named; a killed run is begun again. */
async function cleanUp({ count, behave, kills = new Set(), policy = {} }: Scenario): Promise<Outcome> {
  const records = new Set(pathsOf(count));
  const sent: { readonly at: number; readonly size: number }[] = [];
  let [now, steps, runs] = [NOON, 0, 0];
  let row = firstRow(count);
  const step = async <T>(act: () => T): Promise<T> => {
    if (kills.has(++steps)) throw new Killed();
    const result = act();
    if (kills.has(++steps)) throw new Killed();
    return result;
  };
  const deps: JobDeps = {
    ...OUTSIDE,
    store: storeOf(
      () => row,
      (next) => step(() => void (row = next)),
    ),
    sessions: {
      ...SESSIONS,
      deleteRecords: (_pds, _session, writes) =>
        step(() => {
          const paths = writes.map(({ collection, rkey }) => `${collection}/${rkey}`);
          sent.push({ at: now, size: paths.length });
          behave(paths, (each) => records.delete(each), sent.length);
          return { body: {}, characters: 2, rate: { remaining: undefined, resetAtMs: undefined } };
        }),
    },
    plan: (_account, query) => step(() => planOf(records, query)),
    policy: { ...DEFAULT_POLICY, ...policy },
    now: () => now,
  };
  while (!isEnded(toJob(stored(row)))) {
    if (++runs > 2_000) throw new Error('the job does not end');
    now = Math.max(now + 1_000, row.nextRunAt);
    const lease = { fence: fenceOf(row) + 1, signal: new AbortController().signal, release: async () => {} };
    await runJob(deps, stored(row), lease, new AbortController().signal).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
  }
  return {
    job: toJob(stored(row)),
    left: [...records],
    sizes: sent.map(({ size }) => size),
    runs,
    mostPerHour: mostWithinHour(sent),
  };
}

const ACCOUNT = { did: 'did:plc:a', pds: 'https://pds.example' } as Account;
const SESSION = { did: ACCOUNT.did, accessToken: 'a', refreshToken: 'r' };
const SESSIONS = { create: async () => SESSION, refresh: async () => SESSION, end: async () => {} };
const OUTSIDE = {
  accounts: { find: async () => ACCOUNT, checkCommit: () => async () => true },
  seal: { seal: async () => 'sealed', unseal: async () => 'r' },
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
    jobId: 'j',
    repo: ACCOUNT.did,
    cleanupTypes: ['post'],
    deleteOlderThan: NOON,
    keep: DEFAULT_KEEP,
    kept: {},
    refreshToken: 'sealed',
    numDeleted: 0,
    numDeletedToday: 0,
    pointsHour: 0,
    pointsToday: 0,
    today: 0,
    hourStartedAt: 0,
    estNumRemaining: count,
    jobState: 'queued',
    stateReason: '',
    numFailures: 0,
    inFlight: [],
    claimed: [],
    setAside: [],
    writesPerCall: 0,
    nextRunAt: NOON,
    createdAt: NOON,
    updatedAt: NOON,
    lastDeletedAt: 0,
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
const server =
  ({ stuck = new Set<string>(), lies = new Set<string>(), most = 200 }): Behaviour =>
  (paths, remove) => {
    if (paths.length > most || paths.some((each) => stuck.has(each))) throw refuse(500);
    for (const each of paths) if (!lies.has(each)) remove(each);
  };

describe('runJob', () => {
  test('deletes all, and has the repository say so before it ends', async () => {
    const { job, left, sizes } = await cleanUp({ count: 450, behave: server({}) });
    expect([job.jobState, job.numDeleted, job.estNumRemaining, left]).toEqual(['completed', 450, 0, []]);
    expect(sizes).toEqual([200, 200, 50]);
  });

  test('sets aside what is refused alone, and what is only called deleted, after three tries', async () => {
    const [stuck, lies] = [new Set([path(225)]), new Set([path(3)])];
    const { job, left } = await cleanUp({ count: 450, behave: server({ stuck, lies }) });
    expect([job.jobState, job.numDeleted]).toEqual(['completed', 448]);
    expect(new Map(job.setAside.map((each) => [each.path, each.numTries]))).toEqual(
      new Map([
        [path(3), 3],
        [path(225), 3],
      ]),
    );
    expect(left).toEqual([path(3), path(225)]);
    expect(job.stateReason).toBe('2 records could not be deleted');
  });

  test('fails, with the records named, where a server only says that it deletes', async () => {
    const { job, left, runs } = await cleanUp({ count: 300, behave: () => {} });
    expect([job.jobState, job.numDeleted, left.length]).toEqual(['failed', 0, 300]);
    expect(job.stateReason).toContain('calls 300 records deleted, but they are still there');
    expect(job.setAside).toHaveLength(50);
    expect(runs).toBe(DEFAULT_POLICY.maxFailures);
  });

  test('finds a lie about more records than an hour allows, and sends no more than that', async () => {
    const { job, mostPerHour } = await cleanUp({ count: 9_000, behave: () => {} });
    expect(job.jobState).toBe('failed');
    expect(mostPerHour).toBeLessThanOrEqual(DEFAULT_POLICY.maxPerHour);
  });

  test('fails on a server that refuses every record', async () => {
    for (const count of [1, 12, 900]) {
      const { job, sizes } = await cleanUp({ count, behave: server({ most: 0 }) });
      expect([job.jobState, job.numDeleted]).toEqual(['failed', 0]);
      expect(job.setAside.length).toBeGreaterThan(0);
      expect(sizes.length).toBeLessThanOrEqual(40 * DEFAULT_POLICY.maxFailures);
    }
  });

  test('ends where more records are refused than it names', async () => {
    const stuck = new Set(pathsOf(900).filter((_, index) => index % 3 === 1));
    const { job, sizes, left } = await cleanUp({ count: 900, behave: server({ stuck }) });
    expect([job.jobState, job.numDeleted]).toEqual(['failed', 900 - left.length]);
    expect(job.stateReason).toBe("the account's server refuses to delete more than 50 records");
    expect(sizes.length).toBeLessThanOrEqual(1_000);
  });

  test('waits, and halves no batch, while the server is away', async () => {
    const away = new PdsError('unavailable', 'away', { status: 503 });
    const { job, sizes } = await cleanUp({
      count: 450,
      behave: (paths, remove, call) => {
        if (call % 2 === 1) throw away;
        for (const each of paths) remove(each);
      },
    });
    expect([job.jobState, job.numDeleted, job.setAside]).toEqual(['completed', 450, []]);
    expect(sizes).toEqual([200, 200, 200, 200, 50, 50]);
  });

  test('spends no more than an hour allows, refused batches included, and remembers the limit that it learnt', async () => {
    const { job, sizes, mostPerHour } = await cleanUp({
      count: 900,
      behave: server({ most: 10 }),
      policy: { maxPerHour: 600 },
    });
    expect([job.jobState, job.numDeleted, job.writesPerCall]).toEqual(['completed', 900, 7]);
    expect(sizes.filter((size) => size > 10).length).toBeLessThanOrEqual(8);
    expect(mostPerHour).toBeLessThanOrEqual(600);
  });

  test('whatever the server does and wherever it is killed, ends with the truth', async () => {
    await fc.assert(
      fc.asyncProperty(anyTrouble(), async ({ stuck, lies, most, faults, kills }) => {
        let truth = 0;
        const honest = server({ stuck, lies, most });
        const { job, left, mostPerHour } = await cleanUp({
          count: 260,
          kills,
          behave: (paths, remove, call) => {
            const fault = faults[call];
            if (fault === 'away') throw new PdsError('unavailable', 'away', { status: 503 });
            honest(paths, (each) => (truth++, remove(each)), call);
            if (fault === 'answer lost') throw new PdsError('unavailable', 'can not be reached');
          },
        });
        const unwilling = new Set([...stuck, ...lies]);
        expect(job.jobState).toBe('completed');
        expect(new Set(left)).toEqual(unwilling);
        expect(new Set(job.setAside.map((each) => each.path))).toEqual(unwilling);
        expect([job.numDeleted, job.claimed, job.estNumRemaining]).toEqual([truth, [], 0]);
        expect(mostPerHour).toBeLessThanOrEqual(DEFAULT_POLICY.maxPerHour);
      }),
      { numRuns: 60 },
    );
  });
});

function anyTrouble() {
  const some = fc
    .uniqueArray(fc.nat(259), { maxLength: 4 })
    .map((indices) => new Set(indices.map((index) => path(index))));
  return fc.record({
    stuck: some,
    lies: some,
    most: fc.constantFrom(200, 100, 30),
    /** By the number of the call: a run that is never let finish its halving gets nowhere. */
    faults: fc.dictionary(fc.nat(60).map(String), fc.constantFrom('away', 'answer lost'), { maxKeys: 8 }),
    kills: fc.uniqueArray(fc.nat(150), { maxLength: 12 }).map((all) => new Set(all)),
  });
}
