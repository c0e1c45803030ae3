import { createFeedgenMetrics, createSeenPosts } from '@updraft/feedgen';
import { eraseSeen, seenDay, seenKey } from '@updraft/feeds';
import { createLogger } from '@updraft/service';
import { createRedis } from '@updraft/store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { didOf } from './feedgen/network.ts';
import { until } from './feedgen/stage.ts';
import { useRedis } from './use-redis.ts';

const redis = useRedis();
const DAY_MS = 86_400_000;
const [ANN, BOB, GONE] = [didOf('ann'), didOf('bob'), didOf('gone')];
const postOf = (n: number) => `at://${didOf('author')}/app.bsky.feed.post/3l3frqa${String(n).padStart(6, '0')}`;
const posts = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => postOf(from + n));

let nowMs: number;
const clients: ReturnType<typeof createRedis>[] = [];
beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 26, 12);
  await redis.client.flushall();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});

/** An instance with a connection of its own, and a clock that may differ from the others'. */
async function createInstance({ aheadMs = 0, maxBytes = 1_000_000, waitMs = 60_000 } = {}) {
  const client = createRedis({ address: redis.database.redis.address });
  clients.push(client);
  await client.ping();
  const metrics = createFeedgenMetrics();
  const seen = createSeenPosts({
    redis: client,
    prefix: 'p',
    days: 7,
    maxBytes,
    erased: { has: (did) => did === GONE },
    metrics,
    log: createLogger({ service: 'test', level: 'silent' }),
    now: () => nowMs + aheadMs,
    waitMs,
  });
  const counted = async (name: string, outcome: string) => {
    const metric = (await metrics.registry.getMetricsAsJSON()).find((one) => one.name === name);
    return metric?.values.find(({ labels }) => labels['outcome'] === outcome)?.value ?? 0;
  };
  return {
    /** Of the given posts, those that are hidden. */
    hidden: async (did: string, of: readonly string[], cursor?: string) => {
      const view = await seen.view(did, cursor);
      return of.filter((uri) => view.has(uri));
    },
    add: seen.add,
    /** Resolves when all that was added is settled. */
    settled: async (added: number) => {
      const sum = async () => {
        const outcomes = ['noted', 'known', 'full', 'lost'].map((outcome) => counted('feed_seen_posts_total', outcome));
        return (await Promise.all(outcomes)).reduce((total, count) => total + count, 0);
      };
      await until(async () => (await sum()) >= added);
    },
    counted,
  };
}

describe('what a viewer has seen', () => {
  test('is hidden from them at every instance, and from nobody else', async () => {
    const [here, there] = [await createInstance(), await createInstance()];
    here.add(ANN, posts(0, 3));
    await here.settled(3);
    expect(await there.hidden(ANN, posts(0, 6))).toEqual(posts(0, 3));
    expect(await there.hidden(BOB, posts(0, 6))).toEqual([]);
  });

  test('is hidden for seven days and no longer, and its log ends by itself', async () => {
    const seen = await createInstance();
    seen.add(ANN, posts(0, 2));
    await seen.settled(2);
    const day = seenDay(nowMs);
    nowMs += 7 * DAY_MS;
    expect(await seen.hidden(ANN, posts(0, 4))).toEqual(posts(0, 2));
    nowMs += DAY_MS;
    expect(await seen.hidden(ANN, posts(0, 4))).toEqual([]);
    const ttlMs = await redis.client.pttl(seenKey('p', ANN, day));
    expect(Math.ceil(ttlMs / DAY_MS)).toBe(8);
  });

  test('is noted once a day, whoever tells of it, and no more than 5,000 posts of a day are', async () => {
    const [here, there] = [await createInstance(), await createInstance()];
    here.add(ANN, [...posts(0, 2), ...posts(0, 2)]);
    await here.settled(2);
    there.add(ANN, posts(1, 3));
    await there.settled(2);
    expect(await there.counted('feed_seen_posts_total', 'known')).toBe(1);
    const key = seenKey('p', ANN, seenDay(nowMs));
    expect(await redis.client.strlen(key)).toBe(3 * 5);
    for (let from = 0; from < 6_000; from += 500) here.add(ANN, posts(from, from + 500));
    await here.settled(6_002);
    expect(await redis.client.strlen(key)).toBe(5_000 * 5);
    expect(await here.counted('feed_seen_posts_total', 'full')).toBe(1_000);
  });

  test('is noted as long as there is room for the viewers of a day', async () => {
    const seen = await createInstance({ maxBytes: 9 * 1_000 });
    const viewers = Array.from({ length: 4 }, (_, n) => didOf(`viewer${'abcd'[n] ?? ''}`));
    for (const viewer of viewers) seen.add(viewer, posts(0, 15));
    await seen.settled(60);
    // Of 1,000 bytes a day a log takes 200 and each post 12.
    const lengths = viewers.map(async (did) => (await seen.hidden(did, posts(0, 15))).length);
    expect(await Promise.all(lengths)).toEqual([15, 15, 3, 0]);
    expect(await seen.counted('feed_seen_posts_total', 'full')).toBe(27);
    nowMs += DAY_MS;
    seen.add(ANN, posts(0, 1));
    await seen.settled(61);
    expect(await seen.hidden(ANN, posts(0, 1))).toEqual(posts(0, 1));
  });

  test('is erased with the account, of whom nothing is noted again', async () => {
    const seen = await createInstance();
    nowMs = Date.now();
    for (const did of [ANN, BOB]) seen.add(did, posts(0, 1));
    nowMs -= 7 * DAY_MS;
    seen.add(ANN, posts(1, 2));
    await seen.settled(3);
    expect(await redis.client.keys('p:seen:????????????????????????????????:*')).toHaveLength(3);
    await eraseSeen(redis.client, 'p', [ANN]);
    expect(await redis.client.keys('p:seen:????????????????????????????????:*')).toEqual([
      seenKey('p', BOB, seenDay(Date.now())),
    ]);
    seen.add(GONE, posts(0, 1));
    seen.add(BOB, posts(1, 2));
    await seen.settled(4);
    expect(await redis.client.keys('p:seen:????????????????????????????????:*')).toHaveLength(2);
    expect((await redis.client.keys('p:seen:????????????????????????????????:*')).join()).not.toContain('did:');
  });
});

describe('invariant 5: a page that is asked for again', () => {
  test('is cut as it was at first, whatever was noted meanwhile, also over midnight and at another instance', async () => {
    const [here, there] = [await createInstance(), await createInstance()];
    here.add(ANN, posts(0, 3));
    await here.settled(3);
    expect(await here.hidden(ANN, posts(0, 9), 'second')).toEqual(posts(0, 3));
    here.add(ANN, posts(3, 5), 'second');
    await here.settled(6);
    there.add(ANN, posts(5, 6), 'third');
    await there.settled(2);
    nowMs += DAY_MS;
    here.add(ANN, posts(6, 7));
    await here.settled(7);
    for (const seen of [here, there]) {
      expect(await seen.hidden(ANN, posts(0, 9), 'second')).toEqual(posts(0, 3));
      expect(await seen.hidden(ANN, posts(0, 9), 'third')).toEqual(posts(0, 5));
      expect(await seen.hidden(ANN, posts(0, 9), 'fourth')).toEqual(posts(0, 7));
      expect(await seen.hidden(ANN, posts(0, 9))).toEqual(posts(0, 7));
    }
    // Cut again over midnight, it is noted in both days: the first counts.
    here.add(ANN, posts(3, 5), 'second');
    await here.settled(10);
    expect(await there.hidden(ANN, posts(0, 9), 'second')).toEqual(posts(0, 3));
    // Another viewer's page of the same cursor is their own.
    expect(await here.hidden(BOB, posts(0, 9), 'second')).toEqual([]);
  });

  test('leaves out what an instance noted whose clock is ahead or behind', async () => {
    const here = await createInstance();
    const others = [await createInstance({ aheadMs: DAY_MS / 2 }), await createInstance({ aheadMs: -DAY_MS / 2 })];
    others.forEach((other, n) => other.add(ANN, posts(n, n + 1)));
    await Promise.all(others.map((other) => other.settled(1)));
    for (const seen of [here, ...others]) expect(await seen.hidden(ANN, posts(0, 9))).toEqual(posts(0, 2));
  });

  test('is cut by what was noted since Redis lost the rest', async () => {
    const seen = await createInstance();
    seen.add(ANN, posts(0, 3), 'second');
    await seen.settled(4);
    await redis.client.flushall();
    expect(await seen.hidden(ANN, posts(0, 9), 'second')).toEqual([]);
    seen.add(ANN, posts(0, 3), 'second');
    seen.add(ANN, posts(3, 6), 'third');
    await seen.settled(12);
    expect(await seen.hidden(ANN, posts(0, 9), 'second')).toEqual([]);
    expect(await seen.hidden(ANN, posts(0, 9), 'third')).toEqual(posts(0, 3));
  });
});

describe('while Redis', () => {
  test('is slow, nothing is hidden, and then all is again', async () => {
    const seen = await createInstance({ waitMs: 300 });
    seen.add(ANN, posts(0, 3));
    await seen.settled(3);
    await redis.client.client('PAUSE', 1_500, 'ALL');
    expect(await seen.hidden(ANN, posts(0, 9))).toEqual([]);
    expect(await seen.counted('feed_seen_views_total', 'away')).toBe(1);
    await redis.client.ping();
    await expect.poll(() => seen.hidden(ANN, posts(0, 9))).toEqual(posts(0, 3));
  });

  test('is away, nothing is hidden or noted, and nobody waits', async () => {
    const seen = await createInstance();
    const [client] = clients;
    await redis.database.redis.kill();
    await until(() => client?.status !== 'ready');
    seen.add(ANN, posts(0, 3));
    expect(await seen.hidden(ANN, posts(0, 9))).toEqual([]);
    expect(await seen.counted('feed_seen_posts_total', 'lost')).toBe(3);
    await redis.database.redis.revive();
    await until(() => client?.status === 'ready');
    seen.add(ANN, posts(0, 3));
    await seen.settled(6);
    expect(await seen.hidden(ANN, posts(0, 9))).toEqual(posts(0, 3));
  });
});
