import { createRedis, type Redis } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Store, until } from './indexer/stack.ts';
import { createAccount, MAIN_PASSWORD, makeRecord, makeRecords, OLD_MS, type TestAccount } from './search/account.ts';
import { type CleanupWorld, oldPost, post, type Service, startCleanupWorld, stop, view } from './search/cleanups.ts';
import { type ConsoleOwner, createConsoleOwner } from './search/console-owner.ts';
import { type Knock, watchDoor } from './search/pds-door.ts';
import { expectSealed, lapseGrants, permissionsAt, withdraw } from './search/permissions.ts';

const WRITES = '/xrpc/com.atproto.repo.applyWrites';
const TOKEN = '/oauth/token';

let world: CleanupWorld;
let store: Store;
let service: Service;
let redis: Redis;
let watch: ReturnType<typeof watchDoor>;
const start = async () => {
  const { plc } = world.network.own;
  service = await world.startService({ PLC_HOST: plc.url, PUBLIC_ORIGIN: 'http://127.0.0.1:8092' });
};
beforeAll(async () => {
  world = await startCleanupWorld('cleanup_console');
  ({ store } = world);
  watch = watchDoor(world.network.own);
  redis = createRedis({ address: store.env['REDIS_ADDRESS'] ?? '' });
  await start();
}, 120_000);
afterAll(async () => {
  await stop(service);
  redis.disconnect();
  await world[Symbol.asyncDispose]();
});

async function createOwner(name: string): Promise<{ account: TestAccount; owner: ConsoleOwner }> {
  const account = await createAccount(world.network.pdsUrl, name);
  const { agent, handle } = account;
  return { account, owner: createConsoleOwner({ agent, handle, password: MAIN_PASSWORD, url: () => service.url }) };
}

interface JobView {
  readonly job_id: string;
  readonly job_state: string;
  readonly state_reason: string;
}

const newest = async (owner: ConsoleOwner) => ((await owner.jobs()).body as JobView[])[0];
const tokensAt = (did: string) => permissionsAt(world.network.own, did);

describe('a clean-up by a session of the console', () => {
  test('counts without permission to delete, and asks for it before it deletes', async () => {
    const { account, owner } = await createOwner('looker');
    await account.write([
      ...makeRecords(8, () => oldPost()),
      ...makeRecords(3, () => makeRecord('app.bsky.feed.like', OLD_MS, { subject: { uri: 'at://x', cid: 'c' } })),
    ]);
    expect((await owner.start()).status).toBe(401);
    await owner.signIn('console');
    const dry = await owner.start();
    expect(dry).toMatchObject({
      status: 200,
      body: { num_enqueued: 11, dry_run: true, repo: account.did, num_by_type: { post: 8, like: 3, repost: 0 } },
    });
    const types = (dry.body as { sample: { type: string }[] }).sample.map(({ type }) => type);
    expect(types).toEqual([...Array(3).fill('like'), ...Array(5).fill('post')]);

    expect(await owner.start(REAL)).toMatchObject({ status: 403, body: { error: 'DeletionsNotAllowed' } });
    expect(await owner.start({ repo: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' })).toMatchObject({ status: 400 });
    const password = { identifier: account.handle, app_password: account.appPassword };
    expect((await owner.start(password)).status).toBe(400);
    const forged = { cleanup_types: ['post'], delete_until_days_ago: 1 };
    expect((await owner.browser.ask('POST', '/repo/cleanup', { body: forged })).status).toBe(403);
    expect((await account.listAll()).size).toBe(11);
  });

  test('deletes through kills, though its session ends, and ends its permission', async () => {
    const { account, owner } = await createOwner('walker');
    await account.write(makeRecords(210, () => oldPost()));
    await owner.signIn();
    const { num_by_type: confirmed_num_by_type, delete_older_than } = (await owner.start()).body as Record<
      string,
      unknown
    >;
    await lapseGrants(redis);
    const kill = () => service.program.child.kill('SIGKILL');
    const left = makeTrouble([
      [TOKEN, () => kill()],
      [WRITES, (knock) => knock.passButLoseAnswer(kill)],
      [WRITES, ({ response }) => response.writeHead(401, { 'www-authenticate': 'DPoP error="invalid_token"' }).end()],
      [WRITES, ({ response }) => response.writeHead(429, { 'retry-after': '1' }).end('{}')],
    ]);
    const confirmed = { confirmed_num_by_type, delete_older_than, delete_until_days_ago: undefined };
    const started = await owner.start({ ...confirmed, actually_delete_stuff: true });
    expect(started).toMatchObject({ status: 200, body: { num_enqueued: 210, dry_run: false } });
    expect(started.body).not.toHaveProperty('job_secret');
    const { job_id: jobId } = started.body as { job_id: string };
    await expectSealed(store, jobId);
    await owner.signOut();
    await until(async () => {
      await restartIfKilled();
      return (
        (await store.count('repo_cleanup_jobs', `job_id = '${jobId}' AND job_state IN ('completed', 'failed')`)) === 1
      );
    });
    expect(left()).toBe(0);
    expect((await account.listAll()).size).toBe(0);
    await until(async () => (await tokensAt(account.did)) === 0); // it ends after the job has
    await until(async () => (await store.count('repo_cleanup_jobs', "refresh_token != ''")) === 0);
    await owner.signIn('console');
    expect(await newest(owner)).toMatchObject({ job_id: jobId, job_state: 'completed', num_deleted: 210 });
  }, 120_000);

  test('asks to sign in again when its account withdraws the permission, or the renewed one is lost, and then goes on', async () => {
    const { account, owner } = await createOwner('wary');
    await account.write(makeRecords(250, () => oldPost()));
    await owner.signIn();
    let batches = 0;
    watch((knock) => {
      const isLate = knock.path === WRITES && ++batches > 1;
      void (isLate ? withdraw(world.network.own, account.did) : Promise.resolve()).then(knock.pass);
    });
    expect((await owner.start(REAL)).status).toBe(200);
    await until(async () => (await newest(owner))?.job_state === 'failed');
    expect(await newest(owner)).toMatchObject({
      num_deleted: 200,
      state_reason: expect.stringContaining('sign in again'),
    });

    await owner.signIn();
    await lapseGrants(redis);
    const left = makeTrouble([[TOKEN, (knock) => knock.passButLoseAnswer()]]);
    expect((await owner.start(REAL)).status).toBe(200);
    await until(async () => left() === 0 && (await newest(owner))?.job_state === 'failed');
    expect((await newest(owner))?.state_reason).toContain('sign in again');

    await owner.signIn();
    expect((await owner.start(REAL)).status).toBe(200);
    await until(async () => (await newest(owner))?.job_state === 'completed');
    expect((await account.listAll()).size).toBe(0);
  }, 120_000);

  test('is seen and cancelled by a session of its account, and deletes no more than was confirmed', async () => {
    const [{ account, owner }, { account: others, owner: other }] = [
      await createOwner('seer'),
      await createOwner('bystander'),
    ];
    await account.write(makeRecords(410, () => oldPost()));
    await others.write(makeRecords(3, () => oldPost()));
    await Promise.all([owner.signIn(), other.signIn('console')]);
    const fewer = await owner.start({ ...REAL, confirmed_num_by_type: { post: 409 } });
    expect(fewer).toMatchObject({ status: 409, body: { error: 'MoreThanConfirmed' } });

    const { body: secret } = await post(service.url, others, REAL);
    await until(async () => (await newest(other))?.job_state === 'completed');
    expect((await newest(other))?.job_id).toBe(secret.job_id);

    const gate = Promise.withResolvers<void>();
    let batches = 0;
    watch(({ path, pass }) => {
      void (path === WRITES && ++batches === 2 ? gate.promise : Promise.resolve()).then(pass);
    });
    const { job_id: jobId } = (await owner.start(REAL)).body as JobView;
    await until(() => batches === 2);
    expect(await newest(owner)).toMatchObject({
      job_state: 'running',
      num_deleted: 200,
      num_by_type: { post: 410 },
      expected_end_at: expect.any(String),
    });
    for (const { status } of [
      await other.jobs(`?job_id=${jobId}`),
      await other.jobs(`?did=${account.did}`),
      await other.cancel(jobId),
    ])
      expect(status).toBe(404);
    expect((await view(service.url, `job_id=${jobId}`, '')).status).toBe(404);

    await owner.signIn();
    expect((await owner.start(REAL)).body).toMatchObject({
      job_id: jobId,
      message: expect.stringContaining('already'),
    });
    expect(await tokensAt(account.did)).toBe(2);
    expect((await owner.cancel(jobId)).status).toBe(200);
    gate.resolve();
    await until(
      async () => (await store.count('repo_cleanup_jobs', `job_id = '${jobId}' AND job_state = 'cancelled'`)) === 1,
    );
    expect((await account.listAll()).size).toBe(10);
    await until(async () => (await tokensAt(account.did)) === 1); // of the session that asked again
    await owner.signOut();
    expect(await tokensAt(account.did)).toBe(0);
  }, 120_000);
});

const REAL = { actually_delete_stuff: true };

type Trouble = readonly [path: string, act: (knock: Knock) => unknown];

/** Trouble for a job, one after the other; gives how many have not happened yet. */
function makeTrouble(steps: readonly Trouble[]): () => number {
  let done = 0;
  watch((knock) => {
    const [path, act] = steps[done] ?? [];
    // What comes before the first is the request for the job.
    if (knock.path !== path || act === undefined) return knock.pass();
    done++;
    act(knock);
  });
  return () => steps.length - done;
}

async function restartIfKilled(): Promise<void> {
  const { child, exited } = service.program;
  if (child.exitCode === null && child.signalCode === null) return;
  await exited;
  await start();
}
