import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Store, until } from './indexer/stack.ts';
import { createAccount, makeRecords, type NewRecord, type TestAccount } from './search/account.ts';
import {
  type CleanupWorld,
  oldPost,
  post,
  type Service,
  startCleanupWorld,
  stop,
  uriOf,
  view,
} from './search/cleanups.ts';
import { type DevNetwork, handOn, type Intercept } from './search/dev-network.ts';
import { answers, deletesButFails, failsOn, liesAbout, misbehave, takesAtMost } from './search/misbehaving-pds.ts';
import { selectRows } from './select-rows.ts';

let world: CleanupWorld;
let network: DevNetwork;
let store: Store;
let service: Service;
beforeAll(async () => {
  world = await startCleanupWorld('results');
  ({ network, store } = world);
  service = await world.startService(QUICK);
}, 120_000);
afterEach(() => {
  network.intercept = handOn;
});
afterAll(async () => {
  await stop(service);
  await world[Symbol.asyncDispose]();
});

interface Job {
  readonly job_state: string;
  readonly state_reason: string;
  readonly num_deleted: number;
  readonly num_unconfirmed: number;
  readonly num_deleted_today: number;
  readonly est_num_remaining: number;
  readonly not_deleted: readonly { uri: string; reason: string; num_tries: number }[];
}

const QUICK = { CLEANUP_RETRY_WAIT: '50ms', CLEANUP_MAX_TRIES: '4' };

async function accountWith(name: string, count: number): Promise<{ account: TestAccount; records: NewRecord[] }> {
  const account = await createAccount(network.pdsUrl, name);
  const records = makeRecords(count, () => oldPost());
  await account.write(records);
  return { account, records };
}

/** Runs a whole clean-up of posts while the server behaves so. */
async function cleanUp(account: TestAccount, intercept: Intercept): Promise<Job> {
  network.intercept = intercept;
  const { body } = await post(service.url, account, { cleanup_types: ['post'], actually_delete_stuff: true });
  return whenEnded(body.job_id, body.job_secret);
}

async function whenEnded(jobId = '', secret = ''): Promise<Job> {
  let job: Job | undefined;
  await until(async () => {
    const { body } = await view(service.url, `job_id=${jobId}`, secret).catch(() => ({ body: {} }));
    job = body as unknown as Job;
    return ['completed', 'cancelled', 'failed'].includes(job.job_state);
  });
  if (job === undefined) throw new Error('there is no job');
  return job;
}

/** Starts the service again whenever it was killed. */
function keepAlive(): { end(): Promise<void> } {
  const ended = new AbortController();
  const loop = async () => {
    while (!ended.signal.aborted) {
      if (service.program.child.signalCode !== null) service = await world.startService(QUICK);
      await setTimeout(50);
    }
  };
  const running = loop();
  return {
    end: () => {
      ended.abort();
      return running;
    },
  };
}

const totalDeleted = async () =>
  (
    await selectRows<{ n: number }>(
      store.clickhouse,
      'SELECT toFloat64(sum(num_deleted)) AS n FROM repo_cleanup_jobs FINAL',
    )
  )[0]?.n;

describe('a clean-up of records that the server does not delete as it should', () => {
  test('sets the one record aside that answers 500, names it, and deletes the rest', async () => {
    const { account, records } = await accountWith('culprit', 60);
    const stuck = records[31] as NewRecord;
    const server = misbehave(failsOn(stuck.rkey));
    const job = await cleanUp(account, server.intercept);
    expect(job).toMatchObject({ job_state: 'completed', num_deleted: 59, num_unconfirmed: 0, est_num_remaining: 0 });
    expect(job.not_deleted).toEqual([
      { uri: uriOf(account)(stuck), reason: expect.stringContaining('500'), num_tries: 3 },
    ]);
    expect([...(await account.listAll()).keys()]).toEqual([uriOf(account)(stuck)]);
    expect(server.sizes.length).toBeLessThanOrEqual(1 + 13 + 2);
  }, 300_000);

  test('deletes all at a server that takes few writes a call', async () => {
    const { account } = await accountWith('small', 30);
    const server = misbehave(takesAtMost(20, 400));
    const job = await cleanUp(account, server.intercept);
    expect(job).toMatchObject({ job_state: 'completed', num_deleted: 30, not_deleted: [] });
    expect((await account.listAll()).size).toBe(0);
    expect(server.sizes).toEqual([30, 15, 15]);
  }, 300_000);

  test('is not completed by a server that answers 200 and deletes nothing', async () => {
    const { account, records } = await accountWith('lying', 60);
    const before = await totalDeleted();
    const job = await cleanUp(account, misbehave(liesAbout()).intercept);
    expect(job).toMatchObject({ job_state: 'failed', num_deleted: 0, num_deleted_today: 0, est_num_remaining: 60 });
    expect(job.state_reason).toBe(
      "given up after 4 tries: the account's server says that 60 records are deleted, but they are still there",
    );
    expect(job.not_deleted).toHaveLength(50);
    for (const { uri } of job.not_deleted) expect(records.map(uriOf(account))).toContain(uri);
    expect((await account.listAll()).size).toBe(60);
    expect(await totalDeleted()).toBe(before);
  }, 300_000);

  test('names the record that the server only says is deleted, and counts what is really gone', async () => {
    const { account, records } = await accountWith('halftrue', 20);
    const kept = records[7] as NewRecord;
    const job = await cleanUp(account, misbehave(liesAbout(kept.rkey)).intercept);
    expect(job).toMatchObject({ job_state: 'completed', num_deleted: 19, num_deleted_today: 19 });
    expect(job.not_deleted).toEqual([
      { uri: uriOf(account)(kept), reason: expect.stringContaining('still there'), num_tries: 3 },
    ]);
    expect([...(await account.listAll()).keys()]).toEqual([uriOf(account)(kept)]);
  }, 300_000);

  test('counts what is gone although the server answered 500', async () => {
    const { account } = await accountWith('modest', 10);
    const server: ReturnType<typeof misbehave> = misbehave(deletesButFails(() => server.sizes.length === 1));
    const job = await cleanUp(account, server.intercept);
    expect(job).toMatchObject({ job_state: 'completed', num_deleted: 10, not_deleted: [] });
    expect((await account.listAll()).size).toBe(0);
  }, 300_000);

  test('does not take a server that is away for one that refuses a batch', async () => {
    const { account } = await accountWith('away', 20);
    const server = misbehave(answers(503));
    const job = await cleanUp(account, server.intercept);
    expect(job).toMatchObject({ job_state: 'failed', num_deleted: 0, not_deleted: [] });
    expect(server.sizes).toEqual([20, 20, 20, 20]);
    expect((await account.listAll()).size).toBe(20);
  }, 300_000);

  test('counts after a cancellation what is really gone', async () => {
    const { account } = await accountWith('stopped', 210);
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    const lie = misbehave(liesAbout());
    network.intercept = async (call) => {
      if (call.method !== 'com.atproto.repo.applyWrites') return handOn(call);
      if (++calls === 2) await gate.promise;
      await (calls === 1 ? handOn(call) : lie.intercept(call));
    };
    const { body } = await post(service.url, account, { cleanup_types: ['post'], actually_delete_stuff: true });
    await until(() => calls === 2);
    await view(service.url, `job_id=${body.job_id}`, body.job_secret, 'DELETE');
    gate.resolve();
    await until(
      async () => (await store.count('repo_cleanup_jobs', `repo = '${account.did}' AND job_state = 'cancelled'`)) === 1,
    );
    const { body: job } = await view(service.url, `job_id=${body.job_id}`, body.job_secret);
    expect(job).toMatchObject({ job_state: 'cancelled', num_deleted: 200, num_unconfirmed: 0 });
    expect((await account.listAll()).size).toBe(10);
  }, 300_000);

  test('finds the same through kills before, within and after each call', async () => {
    const { account, records } = await accountWith('killed', 40);
    const stuck = records[21] as NewRecord;
    const server = misbehave(failsOn(stuck.rkey));
    let [calls, kills] = [0, 0];
    network.intercept = async (call) => {
      const isJobs = ['com.atproto.repo.applyWrites', 'com.atproto.sync.getRepo'].includes(call.method);
      if (!isJobs || ++calls % 3 !== 0 || kills === 3) return server.intercept(call);
      kills++;
      // By turns: the server never hears of it, and the service never hears the answer.
      if (kills % 2 === 0) await server.intercept({ ...call, answer: () => {} });
      service.program.child.kill('SIGKILL');
      call.drop();
    };
    const { body } = await post(service.url, account, { cleanup_types: ['post'], actually_delete_stuff: true });
    const kept = keepAlive();
    const job = await whenEnded(body.job_id, body.job_secret);
    await kept.end();
    expect(job).toMatchObject({ job_state: 'completed', num_deleted: 39, est_num_remaining: 0 });
    expect(kills).toBe(3);
    expect(job.not_deleted).toMatchObject([{ uri: uriOf(account)(stuck) }]);
    expect([...(await account.listAll()).keys()]).toEqual([uriOf(account)(stuck)]);
  }, 300_000);
});
