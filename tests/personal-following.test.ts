import { commitVersion } from '@updraft/atproto';
import { type Feed, parseFeedsFile, runFollowing } from '@updraft/feeds';
import { insertRows, type RecordRow, recordRows } from '@updraft/store';
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
const [NEW = '', INACTIVE = '', BLOCKING = '', FOLLOWING_MANY = ''] = VIEWERS;
const ACCOUNTS = [...AUTHORS, ...Array.from({ length: 8 }, (_, n) => liker(n))];
const HOUR_MS = 3_600_000;
let truth: FollowTruth;
let clock = 0;

beforeAll(async () => {
  const world = await writeSmallWorld(store.clickhouse, 500, dice);
  const [follows, blocks] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
  for (const viewer of VIEWERS.slice(1)) {
    follows.set(viewer, relate('follow', viewer, 1 + dice(12)));
    blocks.set(viewer, relate('block', viewer, dice(4)));
  }
  blocks.set(BLOCKING, relate('block', BLOCKING, 0, ACCOUNTS));
  const strangers = Array.from({ length: 1_200 }, (_, n) => `did:plc:stranger${n}`);
  follows.set(FOLLOWING_MANY, relate('follow', FOLLOWING_MANY, 0, [...strangers, ...ACCOUNTS]));
  await insertRows(store.clickhouse, recordRows, rows);
  const hidden = new Set([AUTHORS[3] ?? '', liker(1), INACTIVE]);
  for (const did of hidden) await createNetwork(store.clickhouse).setStatus(did, false);
  truth = { ...world, hidden, follows, blocks };
}, 120_000);

const rows: RecordRow[] = [];

/** These accounts and some others, each perhaps twice, and some of the others taken back. */
function relate(kind: 'follow' | 'block', viewer: string, count: number, all: readonly string[] = []): Set<string> {
  const related = new Set(all);
  for (const did of all) write(kind, viewer, did);
  for (let n = 0; n < count; n++) {
    const did = pickOf(ACCOUNTS, dice);
    const rkey = write(kind, viewer, did);
    if (dice(4) > 0 || related.has(did)) related.add(did);
    else write(kind, viewer, '', rkey);
  }
  return related;
}

/** A record, or with '' its deletion. */
function write(kind: 'follow' | 'block', repo: string, subject: string, rkey?: string): string {
  const atMs = Date.now() - 200 * HOUR_MS + clock++;
  const key = rkey ?? rkeyAt(atMs, clock % 1024);
  const deleted = subject === '';
  const version = commitVersion({ micros: atMs * 1000, clockId: 1 }, deleted);
  const about = deleted ? { deleted } : { subject, createdMs: atMs };
  rows.push(recordRow({ collection: `app.bsky.graph.${kind}`, repo, rkey: key, version, ...about }));
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
  for (let n = 0; n < 30; n++) sizes.push(await check(n % 3 === 0 ? FOLLOWING_MANY : pickOf(VIEWERS, dice), anyFeed()));
  expect(sizes.filter((size) => size > 3).length).toBeGreaterThan(10);
});

test('who follows nobody, is inactive or blocks everybody gets nothing', async () => {
  for (const viewer of [NEW, INACTIVE, BLOCKING]) expect(await check(viewer, anyFeed())).toBe(0);
});
