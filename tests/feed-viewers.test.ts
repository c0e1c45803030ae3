import { expect, test } from 'vitest';
import { createViewerCounts } from '../apps/feedgen/src/analytics/viewer-counts.ts';
import { createFeedgenMetrics } from '../apps/feedgen/src/metrics.ts';
import { useRedis } from './use-redis.ts';

const redis = useRedis();

test('viewers whose writing Redis refuses are counted once it takes writes again, and the refusal is reported', async () => {
  const errors: unknown[] = [];
  const viewers = createViewerCounts({
    redis: redis.client,
    prefix: 'viewers',
    aliases: ['whats-hot'],
    metrics: createFeedgenMetrics(),
    onError: (error) => errors.push(error),
  });
  viewers.see('whats-hot', 'did:plc:first');
  await redis.client.config('SET', 'maxmemory', '1');
  const stopping = new AbortController();
  const running = viewers.run(stopping.signal);
  await expect.poll(() => errors.length).toBe(1);
  expect(String(errors[0])).toContain('OOM');
  await redis.client.config('SET', 'maxmemory', '0');
  viewers.see('whats-hot', 'did:plc:second');
  await expect.poll(() => viewers.today('whats-hot')).toBe(2);
  stopping.abort();
  await running;
});

test('as many viewers as are kept are written at once', async () => {
  const viewers = createViewerCounts({
    redis: redis.client,
    prefix: 'many',
    aliases: ['whats-hot'],
    metrics: createFeedgenMetrics(),
    onError: (error) => {
      throw error;
    },
  });
  for (let n = 0; n < 100_001; n++) viewers.see('whats-hot', `did:plc:${n}`);
  const stopping = new AbortController();
  const running = viewers.run(stopping.signal);
  await expect.poll(() => viewers.today('whats-hot')).toBeGreaterThan(95_000);
  stopping.abort();
  await running;
});
