import { commitVersion } from '@updraft/atproto';
import {
  changeMembers,
  type Feed,
  type FeedsFile,
  FeedsFileError,
  isQueried,
  parseFeedsFile,
  runFeedQuery,
} from '@updraft/feeds';
import {
  askForAccount,
  codecs,
  createProgressStore,
  filledAccountName,
  insertRows,
  readNewMembers,
  recordRows,
  shape,
} from '@updraft/store';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeSearch, PATTERNS, type Truth, trueFeed } from './feedgen/naive-feeds.ts';
import { createNetwork, didOf, liker } from './feedgen/network.ts';
import { AUTHORS, pickOf, writeSmallWorld } from './feedgen/small-world.ts';
import { recordRow } from './record-row.ts';
import { useStore } from './use-store.ts';
import { createDice } from './world/dice.ts';

const dice = createDice(15);
const OWNER = didOf('owner');
const LIST = `at://${OWNER}/app.bsky.graph.list/3l3frqadlo32h`;
const PACK = `at://${OWNER}/app.bsky.graph.starterpack/3l3frqadlo33h`;

const store = useStore();
const built = new Map<string, readonly string[]>();
let file: FeedsFile;
let truth: Truth;
const listed = new Set(AUTHORS.slice(2, 7));
let clock = 0;

beforeAll(async () => {
  const world = await writeSmallWorld(store.clickhouse, 400, dice);
  const hidden = new Set([AUTHORS[3] ?? '', liker(1)]);
  for (const did of hidden) await createNetwork(store.clickhouse).setStatus(did, false);
  const searches = new Map<string, ReturnType<typeof makeSearch>['matches']>();
  file = parseFeedsFile(JSON.stringify({ feeds: makeFeeds(searches) }), 'feeds.yaml');
  await writeRecord(PACK, { name: 'pack', list: LIST });
  await Promise.all([...listed].map((did, n) => writeItem(OWNER, `3l3frqadlo${n + 2}2h`, did)));
  await writeItem(AUTHORS[0] ?? '', '3l3frqadlo82h', AUTHORS[0] ?? '');
  const bearers = new Set(AUTHORS.slice(0, 5));
  await changeMembers(
    store.clickhouse,
    { label: 'club', changedBy: 'test' },
    [...bearers].map((did) => ({ did, actions: [{ kind: 'give' }] })),
  );
  truth = { ...world, hidden, bearers, listed, searches };
}, 120_000);

const some = <T extends object>(value: T): T | object => (dice(2) === 0 ? value : {});

function filters(): object {
  return {
    refresh: '24h',
    window: pickOf(['6h', '24h', '72h', '14d'], dice),
    size: pickOf([4, 15, 3_000], dice),
    replies: dice(2) === 0,
    validOnly: dice(2) === 0,
    ...some({ languages: [pickOf(['en', 'ja', 'pt'], dice)] }),
    ...some({ perAuthor: 1 + dice(3) }),
    ...(dice(4) === 0 && { mediaOnly: true }),
  };
}

function byLikes(): object {
  const weights = { likes: 1, reposts: dice(3), replies: dice(2) };
  return { minimumLikes: 1 + dice(3), minimumAge: pickOf(['0s', '2h'], dice), weights };
}

/** Several feeds of each kind, unions last. */
function makeFeeds(searches: Map<string, ReturnType<typeof makeSearch>['matches']>): Record<string, object> {
  const feedsOf: Record<string, object> = {};
  for (let n = 0; n < 4; n++) {
    feedsOf[`hot-${n}`] = { kind: 'hot', ...filters(), ...byLikes() };
    feedsOf[`club-${n}`] = { kind: 'author-label', label: 'club', ...filters() };
    feedsOf[`list-${n}`] = { kind: 'list', list: n % 2 === 0 ? LIST : PACK, ...filters() };
  }
  for (let n = 0; n < 24; n++) {
    const { q, matches } = makeSearch(dice);
    searches.set(q, matches);
    const isWide = /^(?:lang|has):/.test(q);
    const more = { ...some({ authors: 'club' }), ...(!isWide && dice(3) === 0 && { pattern: pickOf(PATTERNS, dice) }) };
    const order = dice(2) === 0 ? { order: 'hot', ...byLikes() } : {};
    feedsOf[`search-${n}`] = { kind: 'search', query: q, ...filters(), ...more, ...order };
  }
  for (let n = 0; n < 6; n++) {
    const parts = Array.from({ length: 2 + dice(4) }, () => pickOf(Object.keys(feedsOf), dice));
    const order = pickOf(['newest', 'interleaved'], dice);
    const more = { ...filters(), window: '14d', replies: true, size: pickOf([20, 3_000], dice) };
    feedsOf[`union-${n}`] = { kind: 'union', feeds: parts, order, ...more };
  }
  return feedsOf;
}

async function writeRecord(uri: string, record: object, isDelete = false): Promise<void> {
  const [repo = '', collection = '', rkey = ''] = uri.slice(5).split('/');
  const version = commitVersion({ micros: Date.now() * 1000 + clock++, clockId: 1 }, isDelete);
  const json = isDelete ? '' : JSON.stringify({ $type: collection, ...record });
  await insertRows(store.clickhouse, recordRows, [
    recordRow({ repo, collection, rkey, version, json, deleted: isDelete }),
  ]);
}

const writeItem = (repo: string, rkey: string, subject: string, isDelete = false) =>
  writeRecord(`at://${repo}/app.bsky.graph.listitem/${rkey}`, { list: LIST, subject }, isDelete);

/** Runs the feed's query as of some moment, and compares what it gives. Gives how many posts that are. */
async function check(feed: Feed): Promise<number> {
  if (!isQueried(feed)) return 0;
  const asOfMs = Date.now() - dice(20) * 3_600_000;
  const isValid = new Set(truth.posts.filter((post) => post.isValid).map(({ uri }) => uri));
  const keep = async (posts: readonly { readonly uri: string }[]) =>
    new Set(posts.map(({ uri }) => uri).filter((uri) => !feed.validOnly || isValid.has(uri)));
  const deps = {
    clickhouse: store.clickhouse,
    builtPosts: (alias: string) => built.get(alias),
    needAccount: (did: string) => askForAccount(store.clickhouse, did, Date.now() * 1000),
  };
  const posts = await runFeedQuery(deps, feed, asOfMs, keep);
  const expected = trueFeed(truth, feed, asOfMs, (alias) => built.get(alias) ?? []);
  expect({ feed, posts }).toEqual({ feed, posts: expected });
  built.set(feed.alias, posts);
  return posts.length;
}

const all = () => [...file.feeds.values()];

describe('a feed of each kind, with any settings, holds what one reads out of the world post by post:', () => {
  test.for(['hot', 'author-label', 'list', 'search', 'union'])('%s', { timeout: 60_000 }, async (kind) => {
    const sizes: number[] = [];
    for (const feed of all()) if (feed.kind === kind) sizes.push(await check(feed));
    expect(sizes.filter((size) => size > 3).length).toBeGreaterThan(sizes.length / 8);
  });

  test('lists as they are now: their items come and go, and a list that is deleted holds nobody', async () => {
    const lists = all().filter(({ kind }) => kind === 'list');
    await writeItem(OWNER, '3l3frqadlo22h', '', true);
    await writeItem(OWNER, '3l3frqadlo92h', AUTHORS[9] ?? '');
    listed.delete(AUTHORS[2] ?? '');
    listed.add(AUTHORS[9] ?? '');
    for (const feed of lists) await check(feed);
    await writeRecord(LIST, { name: 'list', purpose: 'app.bsky.graph.defs#curatelist' });
    expect(await check(lists[0] as Feed)).toBeGreaterThan(0);
    await writeRecord(LIST, {}, true);
    listed.clear();
    for (const feed of lists) expect(await check(feed)).toBe(0);
  });

  test('a regular expression that the feeds file takes is one that ClickHouse takes', async () => {
    const patterns = [
      '(?i)caf(é|e)s?',
      '(?P<name>a)\\b',
      '(?<name>a)',
      '\\p{Greek}+\\pN',
      '\\p{Emoji}',
      '\\P{^White_Space}\\p{Garay}',
      '[[:alpha:]]{3,}',
      '\\Qa.b\\E',
      '(?s).\\C',
      '(?<=a)b',
      '(?=a)b',
      '(a)\\1',
      'a{1001}',
      '(?:a{100}){100}',
      '(?:\\pL{100}){10}',
      '\\pL{1000}',
      '\\pL{100}',
      `(?:${'\\pL'.repeat(40)}){7}`,
      '\\pL'.repeat(66),
      'x**',
      'x*+',
      '\\z\\Z',
    ];
    const taken: string[] = [];
    for (const pattern of patterns) {
      const text = JSON.stringify({ feeds: { a: { kind: 'search', query: 'a', pattern } } });
      try {
        parseFeedsFile(text, 'feeds.yaml');
      } catch (error) {
        if (error instanceof FeedsFileError) continue;
        throw error;
      }
      taken.push(pattern);
      const sql = 'SELECT match(materialize(concat(char(97), char(98))), {pattern:String}) AS value';
      await store.clickhouse.query(sql, shape({ value: codecs.bool }), { pattern });
    }
    expect(taken.length).toBeGreaterThan(5);
  });

  test("a list's owner is asked for once, and not any more after the account was brought in", async () => {
    const since = { sinceMicros: 0, filledSinceMicros: Date.now() * 1000, limit: 100 };
    const asked = async () =>
      (await readNewMembers(store.clickhouse, since)).filter(({ labels }) => labels.length === 0);
    expect(await asked()).toEqual([{ did: OWNER, labels: [] }]);
    await createProgressStore(store.clickhouse).save(filledAccountName(OWNER), {}, Date.now() * 1000);
    for (const feed of all()) if (feed.kind === 'list') await check(feed);
    expect(await asked()).toEqual([]);
  });
});
