import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Store, until } from './indexer/stack.ts';
import { createAccount, makeRecord, makeRecords, NEW_MS, type NewRecord, OLD_MS } from './search/account.ts';
import { type CleanupWorld, oldPost, POST, post, startCleanupWorld, stop, uriOf, view } from './search/cleanups.ts';
import { type DevNetwork, handOn } from './search/dev-network.ts';
import { createTrouble } from './search/job-trouble.ts';
import { selectRows } from './select-rows.ts';

const LIKE = 'app.bsky.feed.like';
const REPOST = 'app.bsky.feed.repost';

let world: CleanupWorld;
let network: DevNetwork;
let store: Store;
beforeAll(async () => {
  world = await startCleanupWorld('cleanup');
  ({ network, store } = world);
}, 120_000);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const image = { embed: { $type: 'app.bsky.embed.images', images: [] } };
const subject = { subject: { uri: 'at://did:plc:x/app.bsky.feed.post/3k', cid: 'bafyreid' } };

/** What a clean-up of posts, likes and reposts deletes, and what it must leave. */
function fill(scale: number): { deleted: NewRecord[]; kept: NewRecord[] } {
  const deleted = [
    ...makeRecords(8 * scale, () => oldPost()),
    ...makeRecords(5 * scale, () => makeRecord(LIKE, OLD_MS, subject)),
    ...makeRecords(2 * scale, () => makeRecord(REPOST, OLD_MS, subject)),
  ];
  const gated = deleted[0]?.rkey ?? '';
  const kept = [
    ...makeRecords(scale, () => makeRecord(POST, OLD_MS, { text: 'old, with an image', ...image })),
    ...makeRecords(scale, () => makeRecord(POST, NEW_MS, { text: 'new' })),
    makeRecord(LIKE, NEW_MS, subject),
    { ...makeRecord('app.bsky.feed.threadgate', OLD_MS, { post: 'at://x' }), rkey: gated },
    makeRecord('app.bsky.graph.follow', OLD_MS, { subject: 'did:plc:x' }),
    makeRecord('com.example.feed.post', OLD_MS, { text: 'another app' }),
  ];
  return { deleted, kept };
}

describe('a clean-up', () => {
  test('counts in a dry run, and deletes exactly that through kills at each step and a server that answers 429 and 500', async () => {
    const account = await createAccount(network.pdsUrl, 'busy');
    const { deleted, kept } = fill(16);
    await account.write([...deleted, ...kept]);
    let service = await world.startService();

    const dry = await post(service.url, account);
    if (dry.status !== 200) console.log(service.program.output());
    expect(dry.body).toMatchObject({
      num_enqueued: 240,
      dry_run: true,
      num_by_type: { post: 128, post_with_media: 0, like: 80, repost: 32 },
    });
    expect(dry.body.sample.map(({ type }) => type)).toEqual(
      ['like', 'post', 'repost'].flatMap((type) => Array(5).fill(type)),
    );
    expect(dry.body.job_id).toBeUndefined();
    expect((await account.listAll()).size).toBe(240 + kept.length);

    const trouble = createTrouble(() => service.program.child.kill('SIGKILL'));
    network.intercept = trouble.intercept;
    const { body: started } = await post(service.url, account, { actually_delete_stuff: true });
    expect(started).toMatchObject({ num_enqueued: 240, dry_run: false });
    const { job_id: jobId = '', job_secret: secret = '' } = started;
    const stored = await selectRows<{ refresh_token: string }>(
      store.clickhouse,
      'SELECT refresh_token FROM repo_cleanup_jobs',
    );
    for (const { refresh_token } of stored) expect(tokenInside(refresh_token)).toBeUndefined();

    let starts = 1;
    const job = async () => (await view(service.url, `job_id=${jobId}`, secret)).body;
    await until(async () => {
      if (service.program.child.exitCode !== null || service.program.child.signalCode !== null) {
        await service.program.exited;
        service = await world.startService();
        starts++;
      }
      return (await job().catch(() => ({ job_state: '' })))['job_state'] === 'completed';
    });
    expect(trouble.left()).toEqual([]);
    expect(starts).toBe(6);
    expect(await job()).toMatchObject({
      num_deleted: 240,
      num_deleted_today: 240,
      est_num_remaining: 0,
      repo: account.did,
    });

    const left = await account.listAll();
    expect(new Set(left.keys())).toEqual(new Set(kept.map(uriOf(account))));
    expect(await store.count('repo_cleanup_jobs', "refresh_token != ''")).toBe(0);
    const [copies] = await selectRows<{ n: number }>(
      store.clickhouse,
      "SELECT toFloat64(count()) AS n FROM repo_cleanup_jobs WHERE refresh_token != ''",
    );
    expect(copies?.n).toBe(0);
    await stop(service);
    network.intercept = handOn;
  }, 180_000);

  test('is run by one of two instances at a time, while its owner deletes some of it', async () => {
    const account = await createAccount(network.pdsUrl, 'shared');
    const written = makeRecords(210, () => oldPost());
    await account.write(written);
    const patient = { CLEANUP_LEASE_TTL: '1m' }; // so that neither takes a slow one for dead
    const services = await Promise.all([world.startService(patient), world.startService(patient)]);
    let [underWay, most, batches] = [0, 0, 0];
    network.intercept = async (call) => {
      if (call.method !== 'com.atproto.repo.applyWrites') return handOn(call);
      most = Math.max(most, ++underWay);
      if (++batches === 1) {
        const { collection, rkey } = written[5] ?? oldPost();
        await account.agent.com.atproto.repo.deleteRecord({ repo: account.did, collection, rkey });
      }
      await handOn(call);
      underWay--;
    };
    const { body } = await post(services[0].url, account, { actually_delete_stuff: true });
    const job = async () => (await view(services[1].url, `job_id=${body.job_id}`, body.job_secret)).body;
    await until(async () => (await job())['job_state'] === 'completed');
    expect(most).toBe(1);
    expect((await account.listAll()).size).toBe(0);
    expect(Number((await job())['num_deleted'])).toBeGreaterThanOrEqual(209);
    await Promise.all(services.map(stop));
    network.intercept = handOn;
  });

  test('fails after its last try at a server that always fails, and says why', async () => {
    const account = await createAccount(network.pdsUrl, 'unlucky');
    await account.write(makeRecords(3, () => oldPost()));
    const service = await world.startService({ CLEANUP_RETRY_WAIT: '1ms', CLEANUP_MAX_TRIES: '4' });
    network.intercept = async (call) => {
      if (call.method === 'com.atproto.repo.applyWrites')
        call.answer({ status: 200, headers: {}, body: Buffer.from('not json') });
      else await handOn(call);
    };
    const { body } = await post(service.url, account, { actually_delete_stuff: true });
    const job = async () => (await view(service.url, `job_id=${body.job_id}`, body.job_secret)).body;
    await until(async () => (await job())['job_state'] === 'failed');
    expect(String((await job())['state_reason'])).toMatch(
      /^given up after 4 tries: the account's server did not answer as it should/,
    );
    expect(await store.count('repo_cleanup_jobs', `job_id = '${body.job_id}' AND refresh_token != ''`)).toBe(0);
    await stop(service);
    network.intercept = handOn;
  });
});

/** A JWT in the text, also under base64; undefined when there is none. */
function tokenInside(sealed: string): string | undefined {
  const texts = [sealed, ...sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))];
  return texts.find((text) => /eyJ[\w-]+\.eyJ/.test(text));
}
