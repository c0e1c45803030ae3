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
async function createInstance({ aheadMs = 0 } = {}) {
  const client = createRedis({ address: redis.database.redis.address });
  clients.push(client);
  await client.ping();
  const metrics = createFeedgenMetrics();
  const seen = createSeenPosts({
    redis: client,
    prefix: 'p',
    days: 7,
    erased: { has: (did) => did === GONE },
    metrics,
    log: createLogger({ service: 'test', level: 'silent' }),
    now: () => nowMs + aheadMs,
  });
  const counted = async (name: string, outcome: string) => {
    const metric = (await metrics.registry.getMetricsAsJSON()).find((one) => one.name === name);
    return metric?.values.find(({ labels }) => labels['outcome'] === outcome)?.value ?? 0;
  };
  return {
    view: seen.view,
    /** Of the given posts, those that are hidden, and the mark. */
    hidden: async (did: string, of: readonly string[], mark?: string) => {
      const view = await seen.view(did, mark);
      return { uris: of.filter((uri) => view.has(uri)), mark: view.mark };
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
    expect((await there.hidden(ANN, posts(0, 6))).uris).toEqual(posts(0, 3));
    expect((await there.hidden(BOB, posts(0, 6))).uris).toEqual([]);
  });

  test('is hidden for seven days and no longer, and its log ends by itself', async () => {
    const seen = await createInstance();
    seen.add(ANN, posts(0, 2));
    await seen.settled(2);
    const day = seenDay(nowMs);
    nowMs += 7 * DAY_MS;
    expect((await seen.hidden(ANN, posts(0, 4))).uris).toEqual(posts(0, 2));
    nowMs += DAY_MS;
    expect((await seen.hidden(ANN, posts(0, 4))).uris).toEqual([]);
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

  test('is erased with the account, of whom nothing is noted again', async () => {
    const seen = await createInstance();
    nowMs = Date.now();
    for (const did of [ANN, BOB]) seen.add(did, posts(0, 1));
    nowMs -= 7 * DAY_MS;
    seen.add(ANN, posts(1, 2));
    await seen.settled(3);
    expect(await redis.client.keys('*')).toHaveLength(3);
    await eraseSeen(redis.client, 'p', [ANN]);
    expect(await redis.client.keys('*')).toEqual([seenKey('p', BOB, seenDay(Date.now()))]);
    seen.add(GONE, posts(0, 1));
    seen.add(BOB, posts(1, 2));
    await seen.settled(4);
    expect(await redis.client.keys('*')).toHaveLength(2);
    expect((await redis.client.keys('*')).join()).not.toContain('did:');
  });
});

describe('invariant 5: what a reader had seen when they began to read', () => {
  test('stays as it was, whatever is noted meanwhile, also over midnight', async () => {
    const seen = await createInstance();
    seen.add(ANN, posts(0, 3));
    await seen.settled(3);
    const began = await seen.hidden(ANN, posts(0, 9));
    seen.add(ANN, posts(3, 5));
    nowMs += DAY_MS;
    seen.add(ANN, posts(5, 7));
    await seen.settled(7);
    expect(await seen.hidden(ANN, posts(0, 9), began.mark)).toEqual(began);
    expect((await seen.hidden(ANN, posts(0, 9))).uris).toEqual(posts(0, 7));
  });

  test('stays as it was when a clock that is behind notes something for the day before', async () => {
    const [here, behind] = [await createInstance(), await createInstance({ aheadMs: -DAY_MS })];
    here.add(ANN, posts(0, 1));
    await here.settled(1);
    const began = await here.hidden(ANN, posts(0, 9));
    behind.add(ANN, posts(1, 2));
    await behind.settled(1);
    expect(await here.hidden(ANN, posts(0, 9), began.mark)).toEqual(began);
    expect((await here.hidden(ANN, posts(0, 9))).uris).toEqual(posts(0, 2));
  });

  test('holds what an instance noted whose clock is ahead', async () => {
    const [here, ahead] = [await createInstance(), await createInstance({ aheadMs: DAY_MS / 2 })];
    here.add(ANN, posts(0, 1));
    ahead.add(ANN, posts(1, 2));
    await Promise.all([here.settled(1), ahead.settled(1)]);
    const began = await here.hidden(ANN, posts(0, 9));
    expect(began.uris).toEqual(posts(0, 2));
    expect(await ahead.hidden(ANN, posts(0, 9), began.mark)).toEqual(began);
  });

  test('is nothing once Redis has lost it, whatever comes in its place', async () => {
    const seen = await createInstance();
    seen.add(ANN, posts(0, 3));
    await seen.settled(3);
    const { mark } = await seen.hidden(ANN, []);
    await redis.client.flushall();
    expect(await seen.hidden(ANN, posts(0, 9), mark)).toEqual({ uris: [], mark });
    seen.add(ANN, posts(3, 9));
    await seen.settled(9);
    expect(await seen.hidden(ANN, posts(0, 9), mark)).toEqual({ uris: [], mark });
    expect((await seen.hidden(ANN, posts(0, 9))).uris).toEqual(posts(3, 9));
  });

  test('is never more than their own log, whatever mark they forge', async () => {
    const seen = await createInstance();
    seen.add(ANN, posts(0, 3));
    seen.add(BOB, posts(3, 9));
    await seen.settled(9);
    const day = seenDay(nowMs);
    const { mark } = await seen.hidden(BOB, []);
    const forged = [
      'x',
      '0',
      '99999.1.1.1.1',
      '00000.0.0.0.0',
      `${day}.5000.1.0.0`,
      `${day + 1}.1.1.99999.99999`,
      mark,
    ];
    for (const one of forged) {
      const { uris } = await seen.hidden(ANN, posts(0, 9), one);
      expect(posts(0, 3)).toEqual(expect.arrayContaining(uris));
    }
  });
});

describe('while Redis', () => {
  test('is slow, nothing is hidden, and the next page goes on where the reader began', async () => {
    const seen = await createInstance();
    seen.add(ANN, posts(0, 3));
    await seen.settled(3);
    const began = await seen.hidden(ANN, posts(0, 9));
    await redis.client.client('PAUSE', 1_500, 'ALL');
    expect(await seen.hidden(ANN, posts(0, 9), began.mark)).toEqual({ uris: [], mark: began.mark });
    expect(await seen.hidden(ANN, posts(0, 9))).toEqual({ uris: [], mark: '0' });
    expect(await seen.counted('feed_seen_views_total', 'away')).toBe(2);
    await redis.client.ping();
    expect(await seen.hidden(ANN, posts(0, 9), began.mark)).toEqual(began);
    // Who began to read without it reads on without it.
    expect(await seen.hidden(ANN, posts(0, 9), '0')).toEqual({ uris: [], mark: '0' });
  });

  test('is away, nothing is hidden or noted, and nobody waits', async () => {
    const seen = await createInstance();
    await seen.view(ANN, undefined);
    const [client] = clients;
    await redis.database.redis.kill();
    await until(() => client?.status !== 'ready');
    seen.add(ANN, posts(0, 3));
    expect(await seen.hidden(ANN, posts(0, 9))).toEqual({ uris: [], mark: '0' });
    expect(await seen.counted('feed_seen_posts_total', 'lost')).toBe(3);
    await redis.database.redis.revive();
    await until(() => client?.status === 'ready');
    seen.add(ANN, posts(0, 3));
    await seen.settled(6);
    expect((await seen.hidden(ANN, posts(0, 9))).uris).toEqual(posts(0, 3));
  });
});
