import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatTid } from '@updraft/atproto';
import { createGroundTruth, createWorld, eventLine, type GroundTruth, type TrueDay } from '@updraft/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, type Store, startProgram, startStack } from './indexer/stack.ts';
import { makeQueries, type NaiveQuery, postsThatShow, type TruePost } from './search/naive-search.ts';
import { type SearchService, startSearchService } from './search/service.ts';
import { selectRows } from './select-rows.ts';

const EVENTS = 8_000;
/** The world ends an hour ago: its last day is yesterday or today. */
const NOW_MICROS = Math.floor(Date.now() / 1000 - 3600) * 1_000_000;

let stack: Stack;
let store: Store;
let service: SearchService;
const truth: GroundTruth = createGroundTruth();

beforeAll(async () => {
  stack = await startStack();
  store = await stack.createStore('search_world');
  await indexLines('world', worldLines());
  service = await startSearchService(store);
}, 240_000);
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await stack.close();
});

interface Stats {
  readonly total_users: number;
  readonly total_posts: number;
  readonly total_follows: number;
  readonly total_likes: number;
  readonly daily_data: readonly TrueDay[];
}

describe('GET /stats', () => {
  test('gives every number of the ground truth', async () => {
    await expectTrueStats();
  });

  test('gives them after a day was emptied, accounts were deleted and everything was replayed twice', async () => {
    const busy = truth.dailyStats().find(({ date, num_posts }) => date !== '1970-01-01' && num_posts > 50);
    const emptied = busy?.date ?? '';
    await indexLines('changes', [...deletionsOf(emptied), ...accountDeletions(3)]);
    await indexLines('world', worldLines());
    await indexLines('changes', [...deletionsOf(emptied), ...accountDeletions(3)]);
    const stats = await expectTrueStats();
    const day = stats.daily_data.find(({ date }) => date === emptied);
    expect(Object.values(day ?? {}).filter((value) => value === 0)).toHaveLength(8);
  });

  test('answers 304 to the ETag it gave, and lets it be kept', async () => {
    const first = await service.get('/stats');
    const again = await service.get('/stats', { 'if-none-match': String(first.headers['etag']) });
    expect([200, 304]).toContain(again.status); // 200 when a new report came between
    expect(first.headers['cache-control']).toMatch(/^public, max-age=\d+/);
    const last = await service.get('/stats', { 'if-none-match': '*' });
    expect([last.status, last.text]).toEqual([304, '']);
  });
});

describe('GET /stats/collections', () => {
  test('counts every operation once, whatever was replayed', async () => {
    const expected = truth.operationCounts();
    const operations = [
      ['creates', 'create'],
      ['updates', 'update'],
      ['deletes', 'delete'],
    ] as const;
    const counted = async () => {
      const { days } = (await service.get('/stats/collections')).json() as {
        days: { collections: Record<string, number | string>[] }[];
      };
      const rows = days
        .flatMap(({ collections }) => collections)
        .filter(({ collection }) => collection === 'app.bsky.feed.like');
      return operations.map(([field]) => rows.reduce((sum, row) => sum + Number(row[field]), 0));
    };
    await expect
      .poll(counted, { timeout: 90_000 })
      .toEqual(operations.map(([, name]) => expected.get(`app.bsky.feed.like ${name}`) ?? 0));
  });
});

describe('GET /stats/ingest', () => {
  test('says how far the index is and what was rejected, by reason', async () => {
    const ingest = (await service.get('/stats/ingest')).json() as {
      rejected: { reason: string; num_events: number }[];
      streams: { lag_seconds: number }[];
    };
    const rejected = new Map(ingest.rejected.map(({ reason, num_events }) => [reason, num_events]));
    expect(rejected).toEqual(truth.rejectedByReason());
    // this world came from a recorded file, and a file has no lag
    expect(ingest.streams).toEqual([]);
  });
});

describe('GET /search/posts', () => {
  test('finds what 200 queries mean, all of it, newest first, each post once', async () => {
    const posts = postsThatShow(truth, Date.now());
    expect(posts.length).toBeGreaterThan(200);
    const queries = makeQueries(posts, 200, seeded(42));
    let found = 0;
    const check = async ({ q, matches }: NaiveQuery) => {
      const pages = await readPages(q, 37);
      const expected = posts.filter(matches);
      expect([q, ...pages.map(({ uri }) => uri).toSorted()]).toEqual([q, ...expected.map(({ uri }) => uri).toSorted()]);
      const times = pages.map(({ created_at }) => Date.parse(created_at));
      expect([q, ...times]).toEqual([q, ...times.toSorted((x, y) => y - x)]);
      found += pages.length;
    };
    for (let at = 0; at < queries.length; at += 8) await Promise.all(queries.slice(at, at + 8).map(check));
    expect(found).toBeGreaterThan(1_000);
  }, 240_000);

  test('gives the same with the index as without', async () => {
    const rows = await selectRows<{ token: string }>(
      store.clickhouse,
      'SELECT DISTINCT arrayJoin(tokens) AS token FROM posts ORDER BY cityHash64(token) LIMIT 60',
    );
    const tokens = rows.map(({ token }) => token);
    const ask = (pair: readonly string[], use: number) =>
      selectRows(
        store.clickhouse,
        'SELECT did, rkey FROM posts FINAL WHERE hasAll(tokens, {pair:Array(String)}) ORDER BY did, rkey',
        { pair },
        { settings: { use_skip_indexes: use } },
      );
    let found = 0;
    for (const [index, token] of tokens.entries()) {
      const pair = index % 3 === 0 ? [token, '=en'] : [token];
      const indexed = await ask(pair, 1);
      expect(indexed).toEqual(await ask(pair, 0));
      found += indexed.length;
    }
    expect(found).toBeGreaterThan(60);
  });

  test('gives the same to an AppView', async () => {
    const { did } = postsThatShow(truth, Date.now())[0] as TruePost;
    const skeleton = await service.get(`/xrpc/app.bsky.unspecced.searchPostsSkeleton?q=*&author=${did}&limit=100`);
    const uris = (skeleton.json() as { posts: { uri: string }[] }).posts.map(({ uri }) => uri);
    expect(uris).toEqual((await readPages(`from:${did}`, 100)).map(({ uri }) => uri).slice(0, 100));
    expect(uris.length).toBeGreaterThan(0);
  });

  test('finds backdated posts at the time that they are sorted by', async () => {
    const HOUR = 3_600_000;
    const [did = ''] = truth.handles.keys();
    const ages = [0.2, 2, 30, 5 * 24, 60 * 24, 400 * 24];
    const lines = ages.map((hours, index) => {
      const micros = NOW_MICROS + 2_000_000_000 + index;
      const createdAt = new Date(NOW_MICROS / 1_000 - hours * HOUR).toISOString();
      const record = { $type: 'app.bsky.feed.post', text: `Nachgereicht ${index}`, createdAt };
      const commit = {
        rev: formatTid({ micros, clockId: 9 }),
        operation: 'create',
        collection: 'app.bsky.feed.post',
        rkey: formatTid({ micros, clockId: 9 }),
        record,
        cid: 'x',
      };
      return JSON.stringify({ did: `${did.slice(0, -1)}7`, time_us: micros, kind: 'commit', commit });
    });
    await indexLines('backdated', lines);
    const found = async (more: string) =>
      (await readPages(`nachgereicht ${more}`, 2)).map(({ text }) => Number(text.slice(-1)));
    expect(await found('')).toEqual([0, 1, 2, 3, 4, 5]);
    const day = (hours: number) => new Date(NOW_MICROS / 1_000 - hours * HOUR).toISOString();
    expect(await found(`since:${day(5 * 24 + 1)} until:${day(1)}`)).toEqual([1, 2, 3]);
    expect(await found(`until:${day(24 * 30)}`)).toEqual([4, 5]);
    expect(await found(`since:${day(24 * 61)} until:${day(24 * 59)}`)).toEqual([4]);
  });

  test('finds what stands behind many posts that were deleted, edited or moved in time', async () => {
    const [did = ''] = truth.handles.keys();
    const minutes = (count: number) => count * 60_000_000;
    const isWet = (index: number) => index % 10 === 9;
    const line = (index: number, operation: string, edit: { text?: string; createdAt?: string } = {}) => {
      const micros = NOW_MICROS - minutes(2 * index);
      const commit = {
        rev: formatTid({ micros: micros + (operation === 'create' ? 0 : minutes(500)), clockId: 8 }),
        operation,
        collection: 'app.bsky.feed.post',
        rkey: formatTid({ micros, clockId: 8 }),
        ...(operation !== 'delete' && {
          record: {
            $type: 'app.bsky.feed.post',
            text: `Treibholz ${index} ${isWet(index) ? 'nass' : 'trocken'}`,
            ...edit,
          },
          cid: 'x',
        }),
      };
      return JSON.stringify({ did: `${did.slice(0, -1)}6`, time_us: micros, kind: 'commit', commit });
    };
    const posts = Array.from({ length: 300 }, (_, index) => index);
    const earlier = (index: number) => new Date(NOW_MICROS / 1_000 - minutes(2_000 + index) / 1_000).toISOString();
    const changes = posts.flatMap((index) => {
      if (index < 200 && index % 20 !== 0) return [line(index, 'delete')];
      if (index % 7 === 0) return [line(index, 'update', { text: 'etwas anderes' })];
      return index % 11 === 0 ? [line(index, 'update', { createdAt: earlier(index) })] : [];
    });
    await indexLines('driftwood', [...posts.map((index) => line(index, 'create')), ...changes]);
    const kept = posts.filter((index) => (index >= 200 || index % 20 === 0) && index % 7 !== 0);
    const isMoved = (index: number) => index % 11 === 0;
    const expected = [...kept.filter((index) => !isMoved(index)), ...kept.filter(isMoved)];
    const found = async (q: string, limit: number) =>
      (await readPages(q, limit)).map(({ text }) => Number(text.split(' ')[1]));
    for (const limit of [3, 40, 100]) expect(await found('treibholz', limit)).toEqual(expected);
    // Nearly all that has the word is excluded: the pages must still be full, and end.
    expect(await found('treibholz -trocken', 4)).toEqual(expected.filter(isWet));
    expect(await found('treibholz -treibholz', 4)).toEqual([]);
  });

  test('keeps the order when a post moved by minutes and all around it was deleted', async () => {
    const [did = ''] = truth.handles.keys();
    const hourMicros = 3_600_000_000;
    const startMicros = (Math.floor(NOW_MICROS / hourMicros) - 3) * hourMicros + 3_000_000_000;
    const timeOf = (index: number) => startMicros - index * 20_000_000;
    const line = (index: number, operation: string, createdAt?: string) => {
      const micros = timeOf(index);
      const rev = formatTid({ micros: micros + (operation === 'create' ? 0 : hourMicros), clockId: 7 });
      const rkey = formatTid({ micros, clockId: 7 });
      const record = { $type: 'app.bsky.feed.post', text: `Strandgut ${index}`, createdAt };
      const commit = {
        rev,
        operation,
        collection: 'app.bsky.feed.post',
        rkey,
        ...(operation !== 'delete' && { record, cid: 'x' }),
      };
      return JSON.stringify({ did: `${did.slice(0, -1)}5`, time_us: micros, kind: 'commit', commit });
    };
    const posts = Array.from({ length: 90 }, (_, index) => index);
    // What was there before stands beside what is now, as long as no merge has taken it away.
    await store.clickhouse.command('SYSTEM STOP MERGES posts');
    await indexLines(
      'strandgut',
      posts.map((index) => line(index, 'create')),
    );
    const between60And61 = new Date((timeOf(60) - 10_000_000) / 1_000).toISOString();
    const deleted = posts.filter((index) => index < 30 && index !== 3 && index !== 7);
    await indexLines('changes', [line(3, 'update', between60And61), ...deleted.map((index) => line(index, 'delete'))]);
    for (const limit of [3, 40]) {
      const found = (await readPages('strandgut', limit)).map(({ text }) => Number(text.split(' ')[1]));
      expect(found).toEqual([7, ...posts.slice(30, 61), 3, ...posts.slice(61)]);
    }
    await store.clickhouse.command('SYSTEM START MERGES posts');
  });

  test('sorts the posts of the last 24 hours by their likes', async () => {
    const likes = truth.likeCounts();
    const nowMs = Date.now();
    const posts = postsThatShow(truth, nowMs).filter(
      ({ sortAtMs, langs }) => sortAtMs > nowMs - 86_400_000 && langs.includes('en'),
    );
    const pages = await readPages('lang:en', 23, 'top');
    expect(new Set(pages.map(({ uri }) => uri))).toEqual(new Set(posts.map(({ uri }) => uri)));
    const counts = pages.map(({ num_likes = -1 }) => num_likes);
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    const [first] = pages;
    // Likes from before the 24 hours don't count, but a post of these hours has none.
    if (first !== undefined) expect(first.num_likes).toBe(likes.get(first.uri) ?? 0);
  });

  test.each([
    ['q=', 400],
    ['', 400],
    ['q=a&q=b', 400],
    ['q=%22open', 400],
    ['q=since:never', 400],
    ['q=a&limit=0', 400],
    ['q=a&limit=101', 400],
    ['q=a&limit=NaN', 400],
    ['q=a&cursor=!!', 400],
    ['q=a&cursor=bm90LWEtY3Vyc29y', 400],
    ['q=a&sort=best', 400],
    [`q=${'a'.repeat(10_000)}`, 400],
    [`q=${'a'.repeat(5_000)}`, 400],
    ["q=';DROP TABLE posts;--", 200],
    ['q=from:nobody.example', 200],
  ])('answers %s with %i', async (query, status) => {
    const answer = await service.get(`/search/posts?${query.replaceAll(' ', '%20')}`);
    expect(answer.status).toBe(status);
    if (status >= 400) expect(Object.keys(answer.json() as object)).toEqual(['error', 'message']);
  });

  test('holds a caller to two searches at once and four that wait', async () => {
    const ask = () => service.search.app.inject({ url: '/search/posts?q=cat', remoteAddress: '192.0.2.7' });
    const statuses = (await Promise.all(Array.from({ length: 14 }, ask))).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 200)).toHaveLength(6);
    expect(statuses.filter((status) => status === 429)).toHaveLength(8);
  });
});

interface FoundPost {
  readonly uri: string;
  readonly text: string;
  readonly created_at: string;
  readonly num_likes?: number;
}

async function readPages(q: string, limit: number, sort = 'latest'): Promise<FoundPost[]> {
  const found: FoundPost[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const params = new URLSearchParams({ q, limit: String(limit), sort, cursor });
    const answer = await service.get(`/search/posts?${params.toString()}`);
    expect(answer.status, `${q}: ${answer.text}`).toBe(200);
    const page = answer.json() as { posts: FoundPost[]; cursor?: string };
    found.push(...page.posts);
    cursor = page.cursor;
  }
  return found;
}

/** Waits until the background work has counted all touched days, then compares every number. */
async function expectTrueStats(): Promise<Stats> {
  const days = truth.dailyStats();
  const total = (name: 'num_posts' | 'num_follows' | 'num_likes') => days.reduce((sum, day) => sum + day[name], 0);
  const today = new Date().toISOString().slice(0, 10);
  const expected = {
    total_users: trueUsers(),
    total_posts: total('num_posts'),
    total_follows: total('num_follows'),
    total_likes: total('num_likes'),
    daily_data: days.filter(({ date }) => date > '1970-01-01' && date <= today),
  };
  const counted = async () => {
    const { total_users, total_posts, total_follows, total_likes, daily_data } = (
      await service.get('/stats')
    ).json() as Stats;
    return {
      total_users,
      total_posts,
      total_follows,
      total_likes,
      daily_data: daily_data.filter((day) => Object.values(day).some((value) => Number(value) > 0)),
    };
  };
  await expect.poll(counted, { timeout: 90_000 }).toEqual(expected);
  return (await service.get('/stats')).json();
}

/** Accounts that an event named, but those that are not active now. */
function trueUsers(): number {
  const dids = new Set([...truth.handles.keys(), ...truth.statuses.keys(), ...truth.deletions.keys()]);
  const isActive = (did: string) => {
    const [status, deletion] = [truth.statuses.get(did), truth.deletions.get(did)];
    if (deletion !== undefined && (status === undefined || status.micros <= deletion.micros)) return false;
    return status === undefined || status.active;
  };
  return [...dids].filter(isActive).length;
}

function worldLines(): string[] {
  const lines: string[] = [];
  for (const event of createWorld({
    seed: 11,
    accounts: 300,
    hostile: 0.3,
    nowMicros: NOW_MICROS,
    eventsPerDay: EVENTS,
  }).events()) {
    const line = eventLine(event);
    if (line.trim() !== '' && !line.includes('\n')) lines.push(line); // a file's lines can't be otherwise
    if (lines.length === EVENTS) break;
  }
  return lines;
}

/** Sends the lines through the indexer, and tells the truth of them. */
async function indexLines(name: string, lines: readonly string[]): Promise<void> {
  for (const line of lines) truth.add(line);
  const file = join(stack.directory, `${name}.jsonl`);
  await writeFile(file, `${lines.join('\n')}\n`);
  const program = startProgram('apps/indexer/src/replay-command.ts', ['--restart', file], store.env);
  const { code } = await program.exited;
  if (code !== 0) throw new Error(program.output());
}

let nextMicros = NOW_MICROS + 1_000_000_000;
const deletedLines = new Map<string, string[]>();

/** Deletes whatever stands on that day; the same lines when asked again. */
function deletionsOf(date: string): string[] {
  const known = deletedLines.get(date);
  if (known !== undefined) return known;
  const lines: string[] = [];
  const dayOf = (rkey: string) => dateOfTid(rkey);
  for (const { commit } of truth.records.values()) {
    if (commit.operation === 'delete' || dayOf(commit.rkey) !== date) continue;
    const rev = formatTid({ micros: (nextMicros += 10), clockId: 7 });
    const { did, collection, rkey } = commit;
    lines.push(
      JSON.stringify({
        did,
        time_us: nextMicros,
        kind: 'commit',
        commit: { rev, operation: 'delete', collection, rkey },
      }),
    );
  }
  deletedLines.set(date, lines);
  return lines;
}

function accountDeletions(count: number): string[] {
  const key = `accounts ${count}`;
  const lines =
    deletedLines.get(key) ??
    [...truth.handles.keys()].slice(0, count).map((did) => {
      const time = new Date(Math.floor((nextMicros += 1_000) / 1_000)).toISOString();
      return JSON.stringify({
        did,
        time_us: nextMicros,
        kind: 'account',
        account: { active: false, did, seq: 1, status: 'deleted', time },
      });
    });
  deletedLines.set(key, lines);
  return lines;
}

function dateOfTid(rkey: string): string {
  if (!/^[2-7ab][2-7a-z]{12}$/.test(rkey)) return '1970-01-01';
  let value = 0n;
  for (const character of rkey) value = value * 32n + BigInt('234567abcdefghijklmnopqrstuvwxyz'.indexOf(character));
  return new Date(Number((value >> 10n) / 1000n)).toISOString().slice(0, 10);
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
