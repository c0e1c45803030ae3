import { commitVersion } from '@updraft/atproto';
import { type Feed, parseFeedsFile, runFollowing } from '@updraft/feeds';
import { insertRows, recordRows } from '@updraft/store';
import { beforeAll, expect, test } from 'vitest';
import { type FollowTruth, trueFollowing } from './feedgen/naive-following.ts';
import { createNetwork, didOf, liker } from './feedgen/network.ts';
import { AUTHORS, pickOf, writeSmallWorld } from './feedgen/small-world.ts';
import { recordRow, rkeyAt } from './record-row.ts';
import { useStore } from './use-store.ts';
import { createDice } from './world/dice.ts';

const dice = createDice(16);
const store = useStore();
const VIEWERS = Array.from({ length: 8 }, (_, n) => didOf(`viewer${'abcdefgh'[n]}`));
const [ACCOUNTS, HOUR_MS] = [[...AUTHORS, ...Array.from({ length: 8 }, (_, n) => liker(n))], 3_600_000];
let truth: FollowTruth;
let clock = 0;

beforeAll(async () => {
  const world = await writeSmallWorld(store.clickhouse, 500, dice);
  const [follows, blocks] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
  for (const viewer of VIEWERS.slice(1)) {
    follows.set(viewer, await relate('follow', viewer, 1 + dice(12)));
    blocks.set(viewer, await relate('block', viewer, dice(4)));
  }
  const everybody = VIEWERS[7] ?? '';
  for (const did of ACCOUNTS) await write('block', everybody, did);
  blocks.set(everybody, new Set(ACCOUNTS));
  const hidden = new Set([AUTHORS[3] ?? '', liker(1), VIEWERS[6] ?? '']);
  for (const did of hidden) await createNetwork(store.clickhouse).setStatus(did, false);
  truth = { ...world, hidden, follows, blocks };
}, 120_000);

/** Some accounts, each perhaps twice, and some taken back. */
async function relate(kind: 'follow' | 'block', viewer: string, count: number): Promise<Set<string>> {
  const related = new Set<string>();
  for (let n = 0; n < count; n++) {
    const did = pickOf(ACCOUNTS, dice);
    const rkey = await write(kind, viewer, did);
    if (dice(4) > 0) related.add(did);
    else if (!related.has(did)) await write(kind, viewer, '', rkey);
    else related.add(did);
  }
  return related;
}

/** A record, or with '' its deletion. */
async function write(kind: 'follow' | 'block', repo: string, subject: string, rkey?: string): Promise<string> {
  const atMs = Date.now() - 200 * HOUR_MS + clock++;
  const key = rkey ?? rkeyAt(atMs, clock % 1024);
  const version = commitVersion({ micros: atMs * 1000, clockId: 1 }, subject === '');
  await insertRows(store.clickhouse, recordRows, [
    recordRow({
      collection: `app.bsky.graph.${kind}`,
      repo,
      rkey: key,
      version,
      deleted: subject === '',
      ...(subject !== '' && { subject, createdMs: atMs }),
    }),
  ]);
  return key;
}

const some = (value: object): object => (dice(2) === 0 ? value : {});

function anyFeed(): Feed & { kind: 'following' } {
  const settings = {
    kind: 'following',
    fallback: 'top',
    window: pickOf(['6h', '24h', '72h', '14d'], dice),
    size: pickOf([4, 15, 1_000], dice),
    order: pickOf(['newest', 'newest', 'hot'], dice),
    replies: dice(2) === 0,
    reposts: dice(2) === 0,
    validOnly: dice(3) === 0,
    ...some({ languages: [pickOf(['en', 'ja', 'pt'], dice)] }),
    ...some({ perAuthor: 1 + dice(3) }),
    ...(dice(4) === 0 && { mediaOnly: true }),
  };
  const text = JSON.stringify({ feeds: { mine: settings, top: { kind: 'top', minimumLikes: 1 } } });
  const feed = parseFeedsFile(text, 'feeds.yaml').feeds.get('mine');
  if (feed?.kind !== 'following') throw new Error('expected a feed of kind following');
  return feed;
}

/** Compares what the query gives with what one reads out of the world, and gives how many posts that are. */
async function check(viewer: string, feed: Feed & { kind: 'following' }): Promise<number> {
  const asOfMs = Date.now() - dice(20) * HOUR_MS;
  const lowered = new Set(dice(3) === 0 ? [pickOf(ACCOUNTS, dice)] : []);
  const isValid = new Set(truth.posts.filter((post) => post.isValid).map(({ uri }) => uri));
  const keep = async (posts: readonly { readonly uri: string }[]) =>
    new Set(posts.map(({ uri }) => uri).filter((uri) => !feed.validOnly || isValid.has(uri)));
  const events = await runFollowing(store.clickhouse, feed, viewer, { asOfMs, lowered }, keep);
  const posts = events.map(({ uri, by, repostUri }) => ({ uri, by, isRepost: repostUri !== '' }));
  expect({ viewer, feed, posts }).toEqual({ viewer, feed, posts: trueFollowing(truth, feed, viewer, lowered, asOfMs) });
  expect(
    events.every(({ by, repostUri }) => repostUri === '' || repostUri.startsWith(`at://${by}/app.bsky.feed.repost/`)),
  ).toBe(true);
  return posts.length;
}

test('a feed of whom the viewer follows, with any settings, holds what one reads out of the world post by post', {
  timeout: 60_000,
}, async () => {
  const sizes: number[] = [];
  for (let n = 0; n < 60; n++) sizes.push(await check(pickOf(VIEWERS, dice), anyFeed()));
  expect(sizes.filter((size) => size > 3).length).toBeGreaterThan(15);
});

test('who follows nobody, blocks everybody or is inactive gets nothing', async () => {
  for (const viewer of [VIEWERS[0], VIEWERS[6], VIEWERS[7]]) expect(await check(viewer ?? '', anyFeed())).toBe(0);
});
