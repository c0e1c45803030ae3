import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { commitVersion } from '@updraft/atproto';
import { type BuildProgram, runCommand } from '@updraft/command';
import { changeMembers } from '@updraft/feeds';
import { createRowCounts } from '@updraft/local';
import { createGroundTruth, createWorld, type GroundTruth, writeWorldFile } from '@updraft/simulator';
import {
  changeHide,
  chosenPosts,
  countBrought,
  countCandidates,
  countLinks,
  countUsual,
  createCleanupJobStore,
  createHiddenActors,
  dumpSchema,
  feedInteractions,
  feedRequestAnalytics,
  followedPosts,
  insertRows,
  type LinkKindName,
  listOf,
  matchingPosts,
  migrateUp,
  newestLinks,
  postsOfAuthors,
  type RankingQuery,
  rankPosts,
  readAuditLog,
  readCandidates,
  readHandlesBeginning,
  readLeftOut,
  readMemberRequests,
  readMembers,
  readRetention,
  readStandings,
  readUnfinishedChanges,
  recordRows,
  type SourceQuery,
  samplePosts,
  searchRules,
  setRetention,
  stillThere,
  visiblePosts,
  writeMembers,
} from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addBackupCommands } from '../apps/admin/src/backup-command.ts';
import { addEraseCommand } from '../apps/admin/src/erase-command.ts';
import { addRebalanceCommand } from '../apps/admin/src/rebalance-command.ts';
import { createFeedDays } from '../apps/search/src/stats/feed-days.ts';
import { type Places, startPlaces } from './cluster/places.ts';
import { PROFILE, selfLabels, VISIBILITY, writeLabels, writeSelf } from './feedgen/moderation.ts';
import { startInstance } from './feedgen/stage.ts';
import { differences, expectCleanEnd, type Store, startProgram, type Tables } from './indexer/stack.ts';
import { quietLog } from './migrated-database.ts';
import { deedRow, makeHistory, pageRow } from './readers/history.ts';
import { recordRow, rkeyAt } from './record-row.ts';
import { makeQueries, postsThatShow } from './search/naive-search.ts';
import { type SearchService, startSearchService } from './search/service.ts';
import { linksThatShow } from './search/true-links.ts';
import { selectRows } from './select-rows.ts';
import { createDice } from './world/dice.ts';

const NOW_MS = Date.now();
const EVENTS = 4_500;

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
  one = await places.createStore('one', 'one server');
  two = await places.createStore('two', 'two shards', (connection) => migrateUp({ connection, log: quietLog }));
  file = join(places.directory, 'world.jsonl');
  const world = createWorld({
    seed: 11,
    accounts: 120,
    hostile: 0.3,
    nowMicros: (NOW_MS - 60_000) * 1_000,
    eventsPerDay: EVENTS,
  });
  await writeWorldFile(world, file, EVENTS);
  for await (const line of createInterface({ input: createReadStream(file) })) truth.add(line);
  for (const store of [one, two]) {
    await replay(store);
    const members = Array.from({ length: 20 }, (_, n) => memberOf(world.accounts.did(n)));
    await writeMembers(store.clickhouse, [], members);
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

/** Of a query on the one server. */
const mostFrequent = async (what: string) =>
  (
    await selectRows<{ value: string }>(one.clickhouse, `${what} GROUP BY value ORDER BY count() DESC, value LIMIT 1`)
  )[0]?.value ?? '';

describe('readers find the same on two servers as on one:', () => {
  const hot = RANKING;
  const top = { ...hot, gravity: undefined, minimumAgeMs: 0, minimumLikes: 1, perAuthor: 2, size: 100 };
  const busy = { ...hot, weights: { likes: 1, reposts: 2, replies: 0.5 }, languages: ['en', 'ja'] };

  test.for([hot, top, busy])('a ranking', async (query) => {
    const ranked = await rankPosts(one.clickhouse, query);
    expect(ranked.length).toBeGreaterThan(20);
    expect(await rankPosts(two.clickhouse, query)).toEqual(ranked);
    const uris = ranked.map(({ uri }) => uri);
    expect(new Set((await visiblePosts(two.clickhouse, uris)).keys())).toEqual(new Set(uris));
  });

  test('the posts of a label', async () => {
    const query = { ...hot, authors: { label: 'all' }, windowMs: 3 * 86_400_000 };
    const found = await postsOfAuthors(one.clickhouse, query);
    expect(found.length).toBeGreaterThan(20);
    expect(await postsOfAuthors(two.clickhouse, query)).toEqual(found);
  });

  test('what viewers follow, written and reposted', async () => {
    const viewerDid = await mostFrequent('SELECT actor_did AS value FROM follows FINAL');
    const query = { ...hot, viewerDid, reposts: true, replies: true, windowMs: 14 * 86_400_000 };
    for (const gravity of [undefined, 1.8]) {
      const found = await followedPosts(one.clickhouse, { ...query, gravity });
      expect(found.length).toBeGreaterThan(20);
      expect(found.some(({ repostUri }) => repostUri !== '')).toBe(true);
      expect(await followedPosts(two.clickhouse, { ...query, gravity })).toEqual(found);
    }
  });

  test('the posts of a list, of a search, and of a label by a search', async () => {
    const list = 'at://did:plc:owner/app.bsky.graph.list/3l3frqadlo32h';
    const items = postsThatShow(truth, NOW_MS)
      .slice(-30)
      .map(({ did }, n) => itemOf(list, did, n));
    for (const { clickhouse } of [one, two]) await insertRows(clickhouse, recordRows, items);
    const extent = { ...hot, windowMs: 7 * 86_400_000, size: 100 };
    const filter = {
      include: [{ words: [], phrases: [], marks: ['=en'] }],
      exclude: [],
      author: undefined,
      excludedAuthors: [],
    };
    const asked = [
      async ({ clickhouse }: Store) =>
        postsOfAuthors(clickhouse, { ...extent, authors: { list: (await listOf(clickhouse, list)) ?? '' } }),
      ({ clickhouse }: Store) =>
        matchingPosts(clickhouse, { ...extent, perAuthor: 3, search: { filter, pattern: '[aeiou]' } }),
      ({ clickhouse }: Store) =>
        matchingPosts(clickhouse, { ...extent, search: { filter, authors: { label: 'all' } } }),
      async ({ clickhouse }: Store) => {
        const also = searchRules({ filter, authors: { list } });
        return (await rankPosts(clickhouse, { ...extent, minimumLikes: 1, also })).map(({ uri }) => uri);
      },
    ];
    for (const ask of asked) {
      const found = await ask(one);
      expect(found.length).toBeGreaterThan(0);
      expect(await ask(two)).toEqual(found);
      const chosen = { ...extent, uris: found, order: 'newest' } as const;
      expect(await chosenPosts(two.clickhouse, chosen)).toEqual(await chosenPosts(one.clickhouse, chosen));
    }
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

  describe('from the search service,', () => {
    let first: SearchService;
    let second: SearchService;
    beforeAll(async () => {
      [first, second] = [await startSearchService(one), await startSearchService(two)];
    });
    afterAll(async () => {
      for (const service of [first, second]) await service[Symbol.asyncDispose]();
    });

    test('4 searches, to their last page', async () => {
      const queries = makeQueries(postsThatShow(truth, NOW_MS), 4, seeded(5));
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
      const days = truth.dailyStats();
      const likes = days.reduce((sum, { num_likes }) => sum + num_likes, 0);
      const stats = async (service: SearchService) => (await service.get('/stats')).json() as { total_likes: number };
      await expect.poll(async () => (await stats(first)).total_likes).toBe(likes);
      await expect.poll(async () => stripped(await stats(second))).toEqual(stripped(await stats(first)));
      const collections = async (service: SearchService) => stripped((await service.get('/stats/collections')).json());
      await expect.poll(() => collections(second)).toEqual(await collections(first));
    }, 240_000);
  });

  test('links, counted and listed', async () => {
    for (const [kind, links] of Map.groupBy(linksThatShow(truth), (link) => link.kind as LinkKindName)) {
      const [target = ''] =
        [...Map.groupBy(links, (link) => link.target)].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
      const lists = [one, two].map(({ clickhouse }) =>
        newestLinks(clickhouse, { kind, target, after: undefined, limit: 1_000 }, NOW_MS),
      );
      const [first, second] = await Promise.all(lists);
      expect(first?.length).toBeGreaterThan(0);
      expect([kind, second]).toEqual([kind, first]);
      for (const { clickhouse } of [one, two])
        expect([kind, (await countLinks(clickhouse, { kind, target })).records]).toEqual([kind, first?.length]);
    }
  }, 120_000);

  test('what trends are counted from', async () => {
    const hours = { toMs: NOW_MS - 60_000, days: [0] };
    const [first, second] = await Promise.all(
      [one, two].map(async ({ clickhouse }) => {
        const leftOut = await readLeftOut(clickhouse, {
          hours,
          values: ['rude'],
          accountValues: ['bot'],
          nowMs: NOW_MS,
        });
        const posts = { hours, leftOut, langs: ['en'] };
        const candidates = await countCandidates(clickhouse, posts, { leastAccounts: 2, perList: 100 });
        const usual = await countUsual(clickhouse, posts, candidates);
        const samples = await samplePosts(clickhouse, posts, candidates, 3);
        const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).toSorted();
        return [lines(candidates), lines(usual), lines(samples)];
      }),
    );
    expect(first?.[0]?.length).toBeGreaterThan(5);
    expect(first?.[1]).toEqual(first?.[0]);
    expect(second).toEqual(first);
  }, 120_000);

  test('what readers of feeds saw and did', async () => {
    const dice = createDice(1);
    const today = Math.floor(NOW_MS / 86_400_000);
    const { pages, deeds } = makeHistory(dice, today, 3, 30);
    const rows = {
      pages: pages.map((page) => pageRow(page, dice)),
      deeds: deeds.map((deed, n) => deedRow(deed, n, dice)),
    };
    const read = async ({ clickhouse }: Store) => {
      await insertRows(clickhouse, feedRequestAnalytics, rows.pages);
      await insertRows(clickhouse, feedInteractions, rows.deeds);
      return createFeedDays(clickhouse)(NOW_MS, 3);
    };
    const [days, same] = [await read(one), await read(two)];
    expect(same).toEqual(days);
    expect(days.slice(0, 3).map(({ feeds }) => Object.keys(feeds[1]?.all.deeds ?? {}).length)).toEqual([7, 7, 7]);
  });

  test('whose handle begins so', async () => {
    for (const { clickhouse } of [one, two])
      await clickhouse.command(
        "INSERT INTO actor_handles (did, handle, version) SELECT concat('did:plc:h', toString(number % 60)), concat('hen', toString(number), '.example'), number FROM numbers(100)",
      );
    const read = ({ clickhouse }: Store) => readHandlesBeginning(clickhouse, { beginning: 'hen', limit: 50 });
    const found = await read(one);
    expect(found.map(({ handle }) => handle).slice(0, 2)).toEqual(['hen40.example', 'hen41.example']);
    expect(found).toHaveLength(50);
    expect(await read(two)).toEqual(found);
  });

  test('how posts stand', async () => {
    const posts = (await rankPosts(one.clickhouse, top)).map(({ uri }) => uri);
    const [labelled = '', optedOut = '', bot = '', hidden = ''] = posts;
    const didOf = (uri: string) => uri.split('/')[2] ?? '';
    const hide = { feed: '', subject: hidden, isHidden: true, reason: '', changedBy: 'test', atMicros: NOW_MS * 1000 };
    const standings = new Array<unknown>();
    for (const { clickhouse } of [one, two]) {
      await writeLabels(clickhouse, { uri: labelled, val: 'rude' }, { uri: didOf(labelled), val: 'bot' });
      await writeSelf(clickhouse, didOf(optedOut), VISIBILITY, { hideFromAlgorithmicRecommendations: true });
      await writeSelf(clickhouse, didOf(bot), PROFILE, selfLabels('bot'));
      await changeHide(clickhouse, hide);
      standings.push(await readStandings(clickhouse, posts, { values: ['rude', 'bot'], nowMs: NOW_MS }));
    }
    expect(standings[1]).toEqual(standings[0]);
    const at = (uri: string) => (standings[0] as Awaited<ReturnType<typeof readStandings>>).get(uri);
    expect([at(labelled)?.labels.length, at(optedOut)?.isOptedOut, at(bot)?.labels.length]).toEqual([2, true, 1]);
    expect(at(hidden)?.hiddenFrom).toEqual(['']);
  });

  test('who may become a member by a source, who still has it, and what comes of that', async () => {
    const list = 'at://did:plc:owner/app.bsky.graph.list/x';
    const sources: SourceQuery[] = [
      { from: 'list', uri: list },
      { from: 'followers', of: await mostFrequent('SELECT subject_did AS value FROM follows FINAL') },
      {
        from: 'posts',
        tag: await mostFrequent("SELECT arrayJoin(tags) AS value FROM posts WHERE match(value, '^[a-z]+$')"),
      },
      { from: 'profiles', tag: 'ducks' },
      {
        from: 'likes',
        uri: await mostFrequent("SELECT subject_uri AS value FROM likes WHERE subject_uri LIKE '%feed.post%'"),
      },
    ];
    for (const store of [one, two])
      for (const sql of [
        `INSERT INTO list_items (list_uri, actor_did, rkey, subject_did, version) SELECT '${list}', 'did:plc:owner', toString(number), concat('did:plc:l', toString(number)), 1 FROM numbers(50)`,
        "INSERT INTO profiles (actor_did, description, version) SELECT concat('did:plc:p', toString(number)), 'I like #ducks', 1 FROM numbers(50)",
      ])
        await store.clickhouse.command(sql);
    const read = async ({ clickhouse }: Store, source: SourceQuery, sinceMs: number | undefined) => {
      const query = { label: 'all', open: ['left' as const], sinceMs, limit: 1_000 };
      const candidates = await readCandidates(clickhouse, source, query);
      return { candidates, there: await stillThere(clickhouse, source, candidates) };
    };
    for (const source of sources) {
      for (const sinceMs of [undefined, NOW_MS - 3_600_000 * 26])
        expect([source, await read(two, source, sinceMs)]).toEqual([source, await read(one, source, sinceMs)]);
      const { candidates, there } = await read(two, source, undefined);
      const dids = candidates.map(({ did }) => did);
      expect([source.from, dids.length > 0, there]).toEqual([source.from, true, new Set(dids)]);
      const changes = dids.map((did) => ({ did, actions: [{ kind: 'give' as const }] }));
      for (const { clickhouse } of [one, two])
        await changeMembers(clickhouse, { label: 'all', changedBy: 'test' }, changes);
      expect([source.from, (await read(two, source, undefined)).candidates]).toEqual([source.from, []]);
    }
    const entries = await readAuditLog(two.clickhouse, {
      feed: 'all',
      label: 'all',
      subject: '',
      page: 1,
      limit: 1_000,
    });
    expect(entries).toHaveLength((await readMembers(two.clickhouse, 'all')).length - 20);
    expect(await countBrought(two.clickhouse, 'all')).toEqual([{ source: 'api', accounts: entries.length }]);
    expect(await readUnfinishedChanges(two.clickhouse, 'all', Date.now() * 2_000)).toEqual([]);
    const { requests } = await readMemberRequests(two.clickhouse, {
      label: 'all',
      state: 'approved',
      page: 1,
      limit: 5,
    });
    expect(requests).toHaveLength(5);
  });
});

describe('a database of one server', () => {
  let copy: Store;
  let before: Tables;
  beforeAll(async () => {
    copy = await places.createStore('copied', 'two shards');
    before = await one.tables();
  }, 120_000);

  test('has the same tables on a cluster whether the migrations make them there or, as for this copy, their outcome does', async () => {
    const schemaOf = (database: string) => dumpSchema({ ...places.engines.connection, cluster: undefined, database });
    for (const place of ['', '_rows'])
      expect((await schemaOf(`copied${place}`)).replaceAll('copied', 'two')).toEqual(await schemaOf(`two${place}`));
  });

  test('is copied over the servers of a cluster, and stays as it is', async () => {
    for (let time = 0; time < 2; time++) await admin(copy, addRebalanceCommand, 'rebalance', '--from', 'one');
    expect(differences(await copy.tables(), before)).toEqual([]);
    await expectSameStored(copy, one);
    // The cursor came along, and a replay finds every row where it looks for it.
    await replay(copy);
    expect(differences(await copy.tables(), before)).toEqual([]);
  }, 120_000);

  test('comes back there out of a back-up of each server', async () => {
    await admin(copy, addBackupCommands, 'backup', 'monday');
    for (const database of ['copied', 'copied_rows'])
      await two.clickhouse.onEachServer(() => `DROP DATABASE ${database} SYNC`);
    await admin(copy, addBackupCommands, 'restore', 'monday');
    expect(differences(await copy.tables(), before)).toEqual([]);
    expect(await rankPosts(copy.clickhouse, RANKING)).toEqual(await rankPosts(one.clickhouse, RANKING));
  }, 120_000);
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
    expect(await admin(two, addEraseCommand, 'erase', '--yes', '--wait', '0', did)).toContain('record_ops: ');
    expect(await admin(two, addEraseCommand, 'erase', did)).toContain('together\t0');
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

/** Runs `pnpm admin`, and gives what it says. */
async function admin(store: Store, build: BuildProgram, ...argv: string[]): Promise<string> {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  const code = await runCommand('pnpm admin', build, argv, { env: store.env, out: note, note });
  expect([code, ...(code === 0 ? [] : lines)]).toEqual([0]);
  return lines.join('\n');
}

/** The same rows count, whichever server has them, in the tables that only views write. */
async function expectSameStored(found: Store, expected: Store): Promise<void> {
  for (const table of ['actor_days', 'follows', 'record_ops', 'actor_label_changes'])
    expect([table, await found.count(table)]).toEqual([table, await expected.count(table)]);
}

async function replay(store: Store): Promise<void> {
  await expectCleanEnd(startProgram('apps/indexer/src/replay-command.ts', ['--restart', file], store.env));
}

function itemOf(list: string, subject: string, n: number) {
  return recordRow({
    collection: 'app.bsky.graph.listitem',
    repo: 'did:plc:owner',
    rkey: rkeyAt(NOW_MS - 1_000 - n),
    version: commitVersion({ micros: (NOW_MS - n) * 1_000, clockId: 0 }, false),
    json: JSON.stringify({ list, subject }),
  });
}

function memberOf(did: string) {
  return {
    label: 'all',
    actorDid: did,
    createdAt: NOW_MS,
    changedBy: 'test',
    version: NOW_MS * 1_000,
    deleted: false,
  };
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
