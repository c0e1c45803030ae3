import { commitVersion } from '@updraft/atproto';
import type { Feed } from '@updraft/feeds';
import { insertRows, readNewMembers, recordRows } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMembers } from './feedgen/members.ts';
import { makeSearch, PATTERNS, type Truth, trueFeed } from './feedgen/naive-feeds.ts';
import { didOf, liker } from './feedgen/network.ts';
import { AUTHORS, pickOf, writeSmallWorld } from './feedgen/small-world.ts';
import { type Instance, type Stage, startStage } from './feedgen/stage.ts';
import { recordRow } from './record-row.ts';
import { createDice } from './world/dice.ts';

const dice = createDice(15);
const OWNER = didOf('owner');
const LIST = `at://${OWNER}/app.bsky.graph.list/3l3frqadlo32h`;
const PACK = `at://${OWNER}/app.bsky.graph.starterpack/3l3frqadlo33h`;

let stage: Stage;
let feeds: Instance;
let truth: Truth;
const listed = new Set(AUTHORS.slice(2, 7));
let clock = 0;

beforeAll(async () => {
  stage = await startStage();
  const world = await writeSmallWorld(stage.clickhouse, 400, dice);
  const hidden = new Set([AUTHORS[3] ?? '', liker(1)]);
  for (const did of hidden) await stage.network.setStatus(did, false);
  const searches = new Map<string, ReturnType<typeof makeSearch>['matches']>();
  const file = JSON.stringify({ feeds: makeFeeds(searches) });
  await writeRecord(PACK, { name: 'pack', list: LIST });
  await Promise.all([...listed].map((did, n) => writeItem(OWNER, `3l3frqadlo${n + 2}2h`, did)));
  await writeItem(AUTHORS[0] ?? '', '3l3frqadlo82h', AUTHORS[0] ?? '');
  feeds = await stage.startFeedgen({ feeds: file });
  await addMembers(feeds, 'club', AUTHORS.slice(0, 5));
  truth = { ...world, hidden, bearers: new Set(AUTHORS.slice(0, 5)), listed, searches };
}, 120_000);
afterAll(() => stage[Symbol.asyncDispose]());

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
  await insertRows(stage.clickhouse, recordRows, [
    recordRow({ repo, collection, rkey, version, json, deleted: isDelete }),
  ]);
}

const writeItem = (repo: string, rkey: string, subject: string, isDelete = false) =>
  writeRecord(`at://${repo}/app.bsky.graph.listitem/${rkey}`, { list: LIST, subject }, isDelete);

/** Builds the feed anew, and compares it. Gives how many posts it has. */
async function check(feed: Feed): Promise<number> {
  const { live } = feeds.feedgen.context;
  await feeds.rebuild(feed.alias);
  const { asOfMs = 0 } = live.current(feed.alias) ?? {};
  const expected = trueFeed(truth, feed, asOfMs, (alias) => live.builtPosts(alias) ?? []);
  expect({ feed, posts: live.builtPosts(feed.alias) }).toEqual({ feed, posts: expected });
  return expected.length;
}

const all = () => [...feeds.feedgen.context.file.feeds.values()];

describe('a feed of each kind, with any settings, holds what one reads out of the world post by post:', () => {
  test.for(['hot', 'author-label', 'list', 'search', 'union'])('%s', { timeout: 60_000 }, async (kind) => {
    const sizes: number[] = [];
    for (const feed of all()) if (feed.kind === kind) sizes.push(await check(feed));
    expect(sizes.filter((size) => size > 3).length).toBeGreaterThan(sizes.length / 5);
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

  test("a list's owner is asked for once, and not any more after the account was brought in", async () => {
    const since = { sinceMicros: 0, filledSinceMicros: Date.now() * 1000, limit: 100 };
    const asked = (await readNewMembers(stage.clickhouse, since)).filter(({ labels }) => labels.length === 0);
    expect(asked).toEqual([{ did: OWNER, labels: [] }]);
  });
});
