import {
  codecs,
  newestPosts,
  OverBudgetError,
  PRIORITIES,
  SEARCH_BUDGET,
  shape,
  withCallOptions,
} from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { searchSelect } from '../packages/store/src/queries/post-search/search-select.ts';
import { type Stack, type Store, startStack } from './indexer/stack.ts';
import { type SearchService, startSearchService } from './search/service.ts';

const POSTS = 20_000;
const ONE = '198.51.100.66';
const OTHER = '198.51.100.7';

let stack: Stack;
let store: Store;
let service: SearchService;
beforeAll(async () => {
  stack = await startStack();
  store = await stack.createStore('search_limits');
  await fillPosts(store);
  service = await startSearchService(store);
}, 120_000);
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await stack.close();
});

/** Each of ten words stands in most posts, in an order of its own. */
async function fillPosts({ clickhouse }: Store): Promise<void> {
  await clickhouse.command(
    `
INSERT INTO post_rows (record_hour, sort_at, did, rkey, text, tokens, version, deleted)
WITH toInt64({now:Int64}) - number * 1000 AS ms, arrayMap(i -> concat('w', toString(cityHash64(number, i) % 10)), range(15)) AS words
SELECT toUInt32(intDiv(ms, 3600000)), fromUnixTimestamp64Milli(ms, 'UTC'),
    concat('did:plc:', leftPad(toString(number), 24, 'a')), leftPad(toString(number), 13, '3'), arrayStringConcat(words, ' '), words, 1, 0
FROM numbers({posts:UInt64})`,
    { now: Date.now(), posts: POSTS },
  );
}

/** Most posts have the phrase's words, and none is left by the exclusions. */
function expensive(index: number): string {
  const excluded = Array.from({ length: 29 }, (_, i) => `-"w${i % 10} w${(i * 7 + index) % 10}"`);
  return `/search/posts?q=${encodeURIComponent(`"w0 w1 w2 w3" ${excluded.join(' ')}`)}`;
}

describe('a caller who sends many expensive searches', () => {
  test('is told to wait for its own, and another is answered before they are worked off', async () => {
    const order: string[] = [];
    const ask = async (path: string, caller: string): Promise<number> => {
      const { status } = await service.get(path, {}, caller);
      if (status === 200) order.push(caller);
      return status;
    };
    const flood = Array.from({ length: 10 }, (_, index) => ask(expensive(index), ONE));
    const others = Array.from({ length: 2 }, () => ask('/search/posts?q=w4', OTHER));
    expect(await Promise.all(others)).toEqual([200, 200]);
    const statuses = await Promise.all(flood);
    // Two begin, four may wait; on a slow machine some of these wait too long for the ones before.
    expect(statuses.slice(0, 2)).toEqual([200, 200]);
    expect(new Set(statuses.slice(6))).toEqual(new Set([429]));
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    expect(order.slice(-1)).toEqual([ONE]);
    expect((await service.get(expensive(1), {}, ONE)).status).toBe(200);
  });

  test('reads when to come back', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => service.get(expensive(index), {}, '198.51.100.8')),
    );
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers['retry-after']).toBe('1');
    expect(refused?.json()).toEqual({
      error: 'RateLimitExceeded',
      message: 'searches: one caller may have 2 under way at once, wait until one ends',
    });
  });
});

test('a search that would read more than its budget is refused, and its caller told what to do', async () => {
  const reader = withCallOptions(store.clickhouse, { settings: { max_bytes_to_read: 1_000 } });
  const phrase = { words: [], phrases: [['w0', 'w1', 'w2', 'w3', 'w4', 'w5']], marks: [] };
  const query = {
    include: [phrase],
    exclude: [],
    author: undefined,
    excludedAuthors: [],
    fromMs: 0,
    toMs: Date.now(),
    after: undefined,
    limit: 25,
  };
  await expect(newestPosts(reader, query)).rejects.toBeInstanceOf(OverBudgetError);
  const within = withCallOptions(store.clickhouse, { settings: { ...PRIORITIES.search, ...SEARCH_BUDGET } });
  expect(Array.isArray(await newestPosts(within, query))).toBe(true);
});

test('a search that takes long gives way to new ones: its statement is started again with a lower priority', async () => {
  const reader = withCallOptions(store.clickhouse, { settings: PRIORITIES.search });
  const sql =
    "SELECT toUInt16(getSetting('priority')) AS priority, sleepEachRow({seconds:Float64}) = 1 AS slept FROM numbers(2)";
  const asked = shape({ priority: codecs.uint16, slept: codecs.bool });
  const prioritiesOf = async (seconds: number) =>
    (await searchSelect(reader)(sql, asked, { seconds })).map(({ priority }) => priority);
  expect(await prioritiesOf(0)).toEqual([PRIORITIES.search.priority, PRIORITIES.search.priority]);
  expect(await prioritiesOf(0.5)).toEqual([PRIORITIES.background.priority, PRIORITIES.background.priority]);
});
