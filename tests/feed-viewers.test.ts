import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedis, type Redis } from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createViewerCounts } from '../apps/feedgen/src/analytics/viewer-counts.ts';
import { createFeedgenMetrics } from '../apps/feedgen/src/metrics.ts';
import { startRedisDatabase } from './world/redis.ts';

let folder: string;
let database: Awaited<ReturnType<typeof startRedisDatabase>>;
let redis: Redis;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-viewers-'));
  database = await startRedisDatabase(folder);
  redis = createRedis({ address: database.redis.address });
});
afterAll(async () => {
  redis.disconnect();
  await database.kill();
  await rm(folder, { recursive: true, force: true });
});

test('viewers whose writing Redis refuses are counted once it takes writes again, and the refusal is reported', async () => {
  const errors: unknown[] = [];
  const viewers = createViewerCounts({
    redis,
    prefix: 'viewers',
    aliases: ['whats-hot'],
    metrics: createFeedgenMetrics(),
    onError: (error) => errors.push(error),
  });
  viewers.see('whats-hot', 'did:plc:first');
  await redis.config('SET', 'maxmemory', '1');
  const stopping = new AbortController();
  const running = viewers.run(stopping.signal);
  await expect.poll(() => errors.length, { timeout: 5_000 }).toBe(1);
  expect(String(errors[0])).toContain('OOM');
  await redis.config('SET', 'maxmemory', '0');
  viewers.see('whats-hot', 'did:plc:second');
  await expect.poll(() => viewers.today('whats-hot'), { timeout: 15_000 }).toBe(2);
  stopping.abort();
  await running;
});

test('as many viewers as are kept are written at once', async () => {
  const viewers = createViewerCounts({
    redis,
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
  await expect.poll(() => viewers.today('whats-hot'), { timeout: 15_000 }).toBeGreaterThan(95_000);
  stopping.abort();
  await running;
});
