import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRowCounts } from '@updraft/local';
import { createGroundTruth, createWorld, type GroundTruth, writeWorldFile } from '@updraft/simulator';
import {
  changeMembership,
  createCleanupJobStore,
  createHiddenActors,
  labelledPosts,
  type RankingQuery,
  rankPosts,
  readRetention,
  setRetention,
  visiblePosts,
} from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Places, startPlaces } from './cluster/places.ts';
import { startInstance } from './feedgen/stage.ts';
import { differences, expectCleanEnd, type Store, startProgram } from './indexer/stack.ts';
import { quietLog } from './migrated-database.ts';
import { makeQueries, postsThatShow } from './search/naive-search.ts';
import { type SearchService, startSearchService } from './search/service.ts';
import { selectRows } from './select-rows.ts';

const NOW_MS = Date.now();

const RANKING: RankingQuery = {
  asOfMs: NOW_MS,
  windowMs: 86_400_000,
  minimumAgeMs: 300_000,
  minimumLikes: 3,
  gravity: 1.8,
  weights: { likes: 1, reposts: 0, replies: 0 },
  replies: true,
  mediaOnly: false,
  languages: [],
  size: 300,
};

let places: Places;
let one: Store;
let two: Store;
let file: string;
const truth: GroundTruth = createGroundTruth();

beforeAll(async () => {
  places = await startPlaces();
  [one, two] = [await places.createStore('one', 'one server'), await places.createStore('two', 'two shards')];
  file = join(places.directory, 'world.jsonl');
  const world = createWorld({
    seed: 11,
    accounts: 300,
    hostile: 0.3,
    nowMicros: (NOW_MS - 60_000) * 1_000,
    eventsPerDay: 16_000,
  });
  await writeWorldFile(world, file, 16_000);
  for await (const line of createInterface({ input: createReadStream(file) })) truth.add(line);
  for (const store of [one, two]) {
    await replay(store);
    for (let n = 0; n < 20; n++) await changeMembership(store.clickhouse, memberOf(world.accounts.did(n)));
  }
}, 300_000);
afterAll(() => places[Symbol.asyncDispose]());

test('the tables are the same, and the rows stand on both servers', async () => {
  const tables = await one.tables();
  expect(tables['likes']?.length).toBeGreaterThan(1_000);
  expect(differences(await two.tables(), tables)).toEqual([]);
  for (const table of ['record_rows', 'post_rows', 'follows', 'record_ops', 'actor_days', 'rejected_events']) {
    const [{ servers } = { servers: 0 }] = await selectRows<{ servers: number }>(
      two.clickhouse,
      `SELECT toFloat64(uniqExact(_shard_num)) AS servers FROM ${table}`,
    );
    expect([table, servers]).toEqual([table, 2]);
  }
  await expectSameStored(two, one);
});

test('the screen tells how many rows both servers have on their disks', async () => {
  const { CLICKHOUSE_ADDRESS = '', CLICKHOUSE_USERNAME = '', CLICKHOUSE_PASSWORD = '' } = two.env;
  const target = {
    clickhouseUrl: CLICKHOUSE_ADDRESS,
    clickhouseHeaders: { 'X-ClickHouse-User': CLICKHOUSE_USERNAME, 'X-ClickHouse-Key': CLICKHOUSE_PASSWORD },
    database: two.clickhouse.database,
    isCluster: true,
  };
  const counts = await createRowCounts(target, 0).read();
  const stored = async (table: string, where = '1') => {
    const [row] = await selectRows<{ n: number }>(
      two.clickhouse,
      `SELECT toFloat64(count()) AS n FROM ${table} WHERE ${where}`,
    );
    return { rows: row?.n ?? 0, precision: 'at most' };
  };
  expect(counts?.['likes']).toEqual(await stored('record_rows', "collection = 'app.bsky.feed.like'"));
  expect(counts?.['posts']).toEqual(await stored('post_rows'));
});

test('a replay changes nothing', async () => {
  const before = await two.tables();
  await replay(two);
  expect(differences(await two.tables(), before)).toEqual([]);
});

describe('readers find the same on two servers as on one:', () => {
  const hot = RANKING;
  const top = { ...hot, gravity: undefined, minimumAgeMs: 0, minimumLikes: 1, perAuthor: 2, size: 100 };
  const busy = { ...hot, weights: { likes: 1, reposts: 2, replies: 0.5 }, languages: ['en', 'ja'] };

  test.for([hot, top, busy])('a ranking', async (query) => {
    const ranked = await rankPosts(one.clickhouse, query);
    expect(ranked.length).toBeGreaterThan(20);
    expect(await rankPosts(two.clickhouse, query)).toEqual(ranked);
    const uris = ranked.map(({ uri }) => uri);
    expect(await visiblePosts(two.clickhouse, uris)).toEqual(new Set(uris));
  });

  test('the posts of a label', async () => {
    const query = { ...hot, label: 'all', windowMs: 3 * 86_400_000 };
    const found = await labelledPosts(one.clickhouse, query);
    expect(found.length).toBeGreaterThan(20);
    expect(await labelledPosts(two.clickhouse, query)).toEqual(found);
  });

  test('a feed, read to its end', async () => {
    const address = two.env['REDIS_ADDRESS'] ?? '';
    const feeds =
      'feeds:\n  hot: { kind: hot, window: 24h, minimumAge: 5m, minimumLikes: 3, gravity: 1.8, replies: false, refresh: 1h, size: 300 }\n';
    const env = { REDIS_PREFIX: 'two' };
    const instance = await startInstance({ clickhouse: { env: two.env }, redis: { address } }, { feeds, env });
    const uris: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await instance.page('hot', { limit: '7', ...(cursor !== undefined && { cursor }) });
      expect(page.status).toBe(200);
      uris.push(...page.body.feed.map(({ post }) => post));
      cursor = page.body.cursor;
    } while (cursor !== undefined);
    const { asOfMs = 0 } = instance.feedgen.context.live.current('hot') ?? {};
    await instance.stop();

    const ranked = await rankPosts(one.clickhouse, { ...hot, replies: false, asOfMs });
    expect(uris.length).toBeGreaterThan(20);
    expect(uris).toEqual(ranked.map(({ uri }) => uri));
  });

  test('8 searches, to their last page', async () => {
    await using first = await startSearchService(one);
    await using second = await startSearchService(two);
    const queries = makeQueries(postsThatShow(truth, NOW_MS), 8, seeded(5));
    let found = 0;
    for (const { q } of queries) {
      const pages = await readPages(first, q);
      expect([q, await readPages(second, q)]).toEqual([q, pages]);
      found += pages.length;
    }
    expect(found).toBeGreaterThan(50);
    expect((await readPages(second, 'lang:en', 'top')).length).toBeGreaterThan(50);
  }, 240_000);

  test('/stats, once every day is counted', async () => {
    await using first = await startSearchService(one);
    await using second = await startSearchService(two);
    const days = truth.dailyStats();
    const likes = days.reduce((sum, { num_likes }) => sum + num_likes, 0);
    const stats = async (service: SearchService) => (await service.get('/stats')).json() as { total_likes: number };
    await expect.poll(async () => (await stats(first)).total_likes).toBe(likes);
    await expect.poll(async () => stripped(await stats(second))).toEqual(stripped(await stats(first)));
    const collections = async (service: SearchService) => stripped((await service.get('/stats/collections')).json());
    await expect.poll(() => collections(second)).toEqual(await collections(first));
  }, 240_000);
});

describe('what changes rows works on two servers:', () => {
  test('an account that is deactivated is hidden on each of them at once', async () => {
    const [{ did } = { did: '' }] = await selectRows<{ did: string }>(
      two.clickhouse,
      'SELECT did FROM posts FINAL LIMIT 1',
    );
    await two.clickhouse.command(
      "INSERT INTO actor_status (did, is_deletion, active, status, version) VALUES ({did:String}, 0, 0, 'deactivated', 18000000000000000000)",
      { did },
    );
    await createHiddenActors({ clickhouse: two.clickhouse, log: quietLog }).refresh();
    const seen = await selectRows(
      two.clickhouse,
      `SELECT hostName(), tcpPort(), dictGet('hidden_recent', 'hidden_below', sipHash64({did:String})) AS below
       FROM clusterAllReplicas({cluster:String}, system.one)`,
      { did, cluster: 'updraft' },
    );
    expect(seen).toMatchObject([{ below: '18446744073709551615' }, { below: '18446744073709551615' }]);
  });

  test('retention', async () => {
    await setRetention(two.clickhouse, 'likes', 90);
    expect(await readRetention(two.clickhouse)).toEqual(new Map([['likes', 90]]));
    await setRetention(two.clickhouse, 'likes', undefined);
    expect(await readRetention(two.clickhouse)).toEqual(new Map());
  });

  test('an erasure', async () => {
    const [{ did } = { did: '' }] = await selectRows<{ did: string }>(
      two.clickhouse,
      'SELECT repo AS did FROM repo_records GROUP BY repo ORDER BY count() DESC, repo LIMIT 1',
    );
    const program = startProgram('apps/admin/src/main.ts', ['erase', '--yes', '--wait', '0', did], two.env);
    await expectCleanEnd(program);
    const again = startProgram('apps/admin/src/main.ts', ['erase', did], two.env);
    await expectCleanEnd(again);
    expect(program.output()).toContain('record_ops: ');
    expect(again.output()).toContain('together\t0');
  });

  test('clean-up jobs', async () => {
    const jobs = createCleanupJobStore(two.clickhouse);
    await two.clickhouse.command(
      "INSERT INTO repo_cleanup_jobs (job_id, repo, job_state, refresh_token, version) VALUES ('a', 'did:plc:x', 'queued', 't', 1), ('a', 'did:plc:x', 'completed', '', 2)",
    );
    await jobs.saveSecret('a', 'hash', 1);
    await jobs.eraseOldStates();
    expect(await jobs.get('a')).toMatchObject({ jobState: 'completed', secretHash: 'hash' });
    expect(await selectRows(two.clickhouse, "SELECT job_id FROM repo_cleanup_jobs WHERE refresh_token != ''")).toEqual(
      [],
    );
  });
});

test('a database of one server is copied over the servers of a cluster, and stays as it is', async () => {
  const copy = await places.createStore('copied', 'two shards');
  const before = await one.tables();
  for (let time = 0; time < 2; time++)
    await expectCleanEnd(startProgram('apps/admin/src/main.ts', ['rebalance', '--from', 'one'], copy.env));
  expect(differences(await copy.tables(), before)).toEqual([]);
  await expectSameStored(copy, one);
  // The cursor came along, and a replay finds every row where it looks for it.
  await replay(copy);
  expect(differences(await copy.tables(), before)).toEqual([]);
}, 120_000);

test('a back-up of each server brings the cluster back', async () => {
  const store = await places.createStore('kept', 'two shards');
  await expectCleanEnd(startProgram('apps/admin/src/main.ts', ['rebalance', '--from', 'one'], store.env));
  const before = await store.tables();
  await expectCleanEnd(startProgram('apps/admin/src/main.ts', ['backup', 'monday'], store.env));
  for (const database of ['kept', 'kept_rows'])
    await two.clickhouse.onEachServer(() => `DROP DATABASE ${database} SYNC`);
  await expectCleanEnd(startProgram('apps/admin/src/main.ts', ['restore', 'monday'], store.env));
  expect(differences(await store.tables(), before)).toEqual([]);
  expect(await rankPosts(store.clickhouse, RANKING)).toEqual(await rankPosts(one.clickhouse, RANKING));
}, 120_000);

/** The same rows count, whichever server has them, in the tables that only views write. */
async function expectSameStored(found: Store, expected: Store): Promise<void> {
  for (const table of ['actor_days', 'follows', 'record_ops', 'actor_label_changes'])
    expect([table, await found.count(table)]).toEqual([table, await expected.count(table)]);
}

async function replay(store: Store): Promise<void> {
  await expectCleanEnd(startProgram('apps/indexer/src/replay-command.ts', ['--restart', file], store.env));
}

function memberOf(did: string) {
  return { label: 'all', did, isMember: true, changedBy: 'test', atMicros: NOW_MS * 1_000 };
}

async function readPages(service: SearchService, q: string, sort = 'latest'): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const params = new URLSearchParams({ q, limit: '100', sort, cursor });
    const answer = await service.get(`/search/posts?${params.toString()}`);
    expect(answer.status, `${q}: ${answer.text}`).toBe(200);
    const page = answer.json() as { posts: { uri: string }[]; cursor?: string };
    found.push(...page.posts.map(({ uri }) => uri));
    cursor = page.cursor;
  }
  return found;
}

/** Without the moment of the report. */
function stripped(report: object): object {
  return Object.fromEntries(Object.entries(report).filter(([name]) => !/_at$|time|updated/.test(name)));
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
