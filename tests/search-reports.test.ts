import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@updraft/local';
import { createCallLimit, createReport, type ReportOptions } from '@updraft/search';
import { createLogger, XrpcError } from '@updraft/service';
import { createLeases, createRedis, type Redis } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let directory: string;
let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'updraft-reports-'));
  server = await startRedis({ env: process.env, dataDir: directory });
  redis = createRedis({ address: server.address });
});
afterAll(async () => {
  redis.disconnect();
  await server.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

function reportOf(name: string, compute: () => Promise<unknown>, more: Partial<ReportOptions> = {}) {
  const log = createLogger({ service: 'test', level: 'silent' });
  const leases = createLeases({ redis, prefix: 'lease:', ttlMs: 5_000, fences: 'count', whenUnreachable: 'lose' });
  return createReport({
    name,
    ttlMs: 50,
    coldTimeoutMs: 60_000,
    compute,
    redis,
    prefix: 'reports',
    leases,
    log,
    ...more,
  });
}

describe('a report', () => {
  test('is stale rather than late', async () => {
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const report = reportOf('stale', async () => {
      if (++runs === 2) await gate.promise;
      return { runs };
    });
    const first = await report.get();
    expect(first.body).toBe('{"runs":1}');
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await report.get()).toBe(first); // the second run is under way, and waited for by nobody
    gate.resolve();
    await expect.poll(async () => (await report.get()).body).not.toBe(first.body);
  });

  test('without an answer in time is a 503 that says when to ask again', async () => {
    const report = reportOf('cold', () => new Promise(() => {}), { coldTimeoutMs: 300 });
    const refused = await report.get().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(XrpcError);
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
  });

  test('that fails keeps its last answer, and is computed again', async () => {
    let runs = 0;
    const report = reportOf('failing', async () => {
      if (++runs === 2) throw new Error('the store is away');
      return runs;
    });
    expect((await report.get()).body).toBe('1');
    await expect.poll(async () => (await report.get()).body).toBe('3');
  });

  test('of a new store is computed again soon, of an old one when it reaches its TTL', async () => {
    let runs = 0;
    const compute = async () => ++runs;
    const patient = { ttlMs: 3_600_000 };
    const stop = new AbortController();
    const young = reportOf('young', compute, patient).keepFresh(stop.signal);
    await expect.poll(() => runs).toBeGreaterThan(1);
    const now = Date.now();
    const kept = {
      body: '"kept"',
      etag: '"kept"',
      computedAtMs: now - 1_800_000,
      firstAtMs: now - 90_000_000,
      tookMs: 200_000,
    };
    await redis.set('reports:report:old', JSON.stringify(kept));
    const neverRuns = async () => expect.fail('the kept one is fresh');
    const old = reportOf('old', neverRuns, patient);
    const keeping = old.keepFresh(stop.signal);
    expect(await old.get()).toEqual(kept);
    // One that takes long is computed more seldom than its TTL says.
    await redis.set('reports:report:costly', JSON.stringify({ ...kept, computedAtMs: now - 3_700_000 }));
    let costlyRuns = 0;
    const costly = reportOf('costly', async () => ++costlyRuns, { ...patient, lives: 20 });
    const keepingToo = costly.keepFresh(stop.signal);
    expect([(await costly.get()).body, costlyRuns]).toEqual([kept.body, 0]);
    stop.abort();
    await Promise.all([young, keeping, keepingToo]);
  });

  test.each(['{"body":', '[]', '{"body":5}'])(
    'that another left unreadable in Redis (%s) is computed again',
    async (kept) => {
      await redis.set('reports:report:broken', kept);
      expect((await reportOf('broken', async () => ({ whole: true })).get()).body).toBe('{"whole":true}');
      expect(JSON.parse((await redis.get('reports:report:broken')) ?? '')).toMatchObject({ body: '{"whole":true}' });
    },
  );

  test('is computed by one instance for all', async () => {
    let runs = 0;
    const compute = async () => {
      runs++;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return 'computed';
    };
    const reports = [1, 2, 3].map(() => reportOf('shared', compute, { ttlMs: 60_000 }));
    const answers = await Promise.all(reports.map((report) => report.get()));
    expect(new Set(answers.map(({ etag }) => etag)).size).toBe(1);
    expect(runs).toBe(1);
  });
});

describe('a limit of calls', () => {
  test('counts every name, over all instances, and forgets with time', async () => {
    const limitOf = (perMs: number) => createCallLimit({ redis, key: 'limit:test', max: 3, perMs });
    const limits = [limitOf(60_000), limitOf(60_000)];
    const take = (names: string[], index = 0) => limits[index]?.take(names);
    expect(await take(['a'])).toBe(true);
    expect(await take(['a'], 1)).toBe(true);
    expect(await take(['a', 'b'])).toBe(true);
    expect(await take(['a'])).toBe(false);
    expect(await take(['b', 'a'])).toBe(false);
    expect(await take(['b'])).toBe(true); // what was refused was not counted
    await expect.poll(() => limitOf(1).take(['a'])).toBe(true); // as if a minute had passed
  });
});
