import { formatTid } from '@updraft/atproto';
import type { GroundTruth } from '@updraft/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from './indexer/stack.ts';
import { makeQueries, type NaiveQuery, postsThatShow, type TruePost } from './search/naive-search.ts';
import type { SearchService } from './search/service.ts';
import { accountDeletions, NOW_MICROS, startTrueWorld, type TrueWorld } from './search/true-world.ts';
import { selectRows } from './select-rows.ts';

let world: TrueWorld;
let store: Store;
let service: SearchService;
let truth: GroundTruth;
beforeAll(async () => {
  world = await startTrueWorld('search_posts', (known) => accountDeletions(known, 3));
  ({ store, service, truth } = world);
}, 240_000);
afterAll(() => world[Symbol.asyncDispose]());

describe('GET /search/posts', () => {
  test('finds every post that queries of each kind mean, newest first, each once', async () => {
    const posts = postsThatShow(truth, Date.now());
    expect(posts.length).toBeGreaterThan(200);
    const queries = makeQueries(posts, 20, seeded(42));
    let found = 0;
    const check = async ({ q, matches }: NaiveQuery) => {
      const pages = await readPages(q, 37);
      const expected = posts.filter(matches);
      expect([q, ...pages.map(({ uri }) => uri).toSorted()]).toEqual([q, ...expected.map(({ uri }) => uri).toSorted()]);
      const times = pages.map(({ created_at }) => Date.parse(created_at));
      expect([q, ...times]).toEqual([q, ...times.toSorted((x, y) => y - x)]);
      found += pages.length;
    };
    for (let at = 0; at < queries.length; at += 4) await Promise.all(queries.slice(at, at + 4).map(check));
    expect(found).toBeGreaterThan(100);
  }, 240_000);

  test('finds the same with the index as without', async () => {
    const rows = await selectRows<{ token: string }>(
      store.clickhouse,
      'SELECT DISTINCT arrayJoin(tokens) AS token FROM posts ORDER BY cityHash64(token) LIMIT 20',
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
    expect(found).toBeGreaterThan(20);
  });

  test('finds the same for an AppView', async () => {
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
    await world.index('backdated', lines);
    const found = async (more: string) =>
      (await readPages(`nachgereicht ${more}`, 2)).map(({ text }) => Number(text.slice(-1)));
    expect(await found('')).toEqual([0, 1, 2, 3, 4, 5]);
    const day = (hours: number) => new Date(NOW_MICROS / 1_000 - hours * HOUR).toISOString();
    expect(await found(`since:${day(5 * 24 + 1)} until:${day(1)}`)).toEqual([1, 2, 3]);
    expect(await found(`until:${day(24 * 30)}`)).toEqual([4, 5]);
    expect(await found(`since:${day(24 * 61)} until:${day(24 * 59)}`)).toEqual([4]);
  });

  test('finds posts behind many that were deleted, edited or moved in time', async () => {
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
    const posts = Array.from({ length: 120 }, (_, index) => index);
    const earlier = (index: number) => new Date(NOW_MICROS / 1_000 - minutes(2_000 + index) / 1_000).toISOString();
    const changes = posts.flatMap((index) => {
      if (index < 80 && index % 20 !== 0) return [line(index, 'delete')];
      if (index % 7 === 0) return [line(index, 'update', { text: 'etwas anderes' })];
      return index % 11 === 0 ? [line(index, 'update', { createdAt: earlier(index) })] : [];
    });
    await world.index('driftwood', [...posts.map((index) => line(index, 'create')), ...changes]);
    const kept = posts.filter((index) => (index >= 80 || index % 20 === 0) && index % 7 !== 0);
    const isMoved = (index: number) => index % 11 === 0;
    const expected = [...kept.filter((index) => !isMoved(index)), ...kept.filter(isMoved)];
    const found = async (q: string, limit: number) =>
      (await readPages(q, limit)).map(({ text }) => Number(text.split(' ')[1]));
    for (const limit of [5, 40]) expect(await found('treibholz', limit)).toEqual(expected);
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
    await world.index(
      'strandgut',
      posts.map((index) => line(index, 'create')),
    );
    const between60And61 = new Date((timeOf(60) - 10_000_000) / 1_000).toISOString();
    const deleted = posts.filter((index) => index < 30 && index !== 3 && index !== 7);
    await world.index('changes', [line(3, 'update', between60And61), ...deleted.map((index) => line(index, 'delete'))]);
    for (const limit of [7, 40]) {
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

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
