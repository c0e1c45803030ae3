import { createPersonalStore, PersonalStoreFullError } from '@updraft/feeds';
import { expect, test } from 'vitest';
import { didOf } from './feedgen/network.ts';
import { useRedis } from './use-redis.ts';

const redis = useRedis();
const HOUR_MS = 3_600_000;
const FEED = { alias: 'mine', refresh: HOUR_MS / 2 };
const posts = Array.from({ length: 300 }, (_, n) => ({
  uri: `at://${didOf(Math.random().toString(36).slice(2))}/app.bsky.feed.post/3l3frqa${n}`,
  reason: 'followed',
}));
const buildAt = (asOfMs: number) => ({ id: `me.${asOfMs.toString(36)}-a`, asOfMs, pinned: [], posts });

test("viewers' builds take no more of Redis than they may, however many viewers there are", async () => {
  const store = createPersonalStore({ redis: redis.client, prefix: 'full', maxBytes: 400_000 });
  const saving = Array.from({ length: 200 }, (_, n) => store.save(FEED, didOf(n), buildAt(Date.now())));
  const refused = (await Promise.allSettled(saving)).filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(100);
  expect(refused[0]).toMatchObject({ reason: expect.any(PersonalStoreFullError) });
  expect((await store.load('mine', didOf(0)))?.posts).toEqual(posts);
  expect(await bytesUsed('full')).toBeLessThan(400_000);
});

test('of one viewer the latest builds are kept, and none that nobody reads any more', async () => {
  const store = createPersonalStore({ redis: redis.client, prefix: 'old', maxBytes: 10_000_000 });
  const nowMs = Date.now();
  const builds = [2, 0.9, 0.5, 0].map((hours) => buildAt(nowMs - hours * HOUR_MS));
  for (const build of builds) await store.save(FEED, didOf('ann'), build);
  const loaded = await Promise.all(builds.map(({ id }) => store.load('mine', didOf('ann'), id)));
  expect(loaded.map((build) => build?.asOfMs)).toEqual([undefined, ...builds.slice(1).map(({ asOfMs }) => asOfMs)]);
  expect((await store.load('mine', didOf('ann')))?.asOfMs).toBe(nowMs);
  for (const key of await redis.client.keys('old:*')) expect(await redis.client.pttl(key)).toBeGreaterThan(0);
});

async function bytesUsed(prefix: string): Promise<number> {
  const sizes = await Promise.all(
    (await redis.client.keys(`${prefix}:*`)).map((key) => redis.client.memory('USAGE', key)),
  );
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}
