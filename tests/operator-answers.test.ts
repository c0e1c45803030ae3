import type { IngestState, JobsState, RejectedEvents, ServicesState, StorageState } from '@updraft/console-api/views';
import { createLogger } from '@updraft/service';
import { announce, createProgressStore, createRedis, type Redis, readAnnouncements } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSizeSamples } from '../apps/search/src/operator/size-samples.ts';
import { beginSession, type SessionHeaders } from './console/session.ts';
import { until } from './feedgen/stage.ts';
import { type Stack, type Store, startStack } from './indexer/stack.ts';
import { fillForOperators, HOSTILE, OLD_MS, writeGarbage } from './search/operator-store.ts';
import { type SearchService, startSearchService } from './search/service.ts';
import { selectRows } from './select-rows.ts';

const PATHS = ['ingest', 'rejected', 'storage', 'services', 'jobs', 'alerts'];
const OPERATOR = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';

const log = createLogger({ service: 'test', level: 'silent' });
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let stack: Stack;
let store: Store;
let redis: Redis;
let service: SearchService;
/** Headers of requests. */
let operator: SessionHeaders['reading'];
let person: SessionHeaders['reading'];
const running = new AbortController();
let announced: Promise<unknown>;

beforeAll(async () => {
  stack = await startStack();
  store = await stack.createStore('operator');
  redis = createRedis({ address: stack.redis().address });
  await fillForOperators(store.clickhouse);
  await writeGarbage(redis, 'operator');
  const common = { redis, prefix: 'operator', log };
  const hosts = { host: 'wss://b.example', hosts: 'wss://a.example, wss://b.example' };
  const builds = [{ feed: 'hot', builtAt: OLD_MS, posts: 3, seconds: 0.5 }];
  announced = Promise.all([
    announce({ ...common, name: 'indexer', tell: () => ({ facts: hosts }) }, running.signal),
    announce({ ...common, name: 'feedgen', tell: () => ({ facts: {}, builds }) }, running.signal),
  ]);
  operator = (await beginSession(redis, 'operator', OPERATOR)).reading;
  person = (await beginSession(redis, 'operator', 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb')).reading;
  service = await startSearchService(store, { CONSOLE_OPERATORS: OPERATOR }, { isHurried: true });
  // An answer that lacks one of them would be kept for a while.
  await until(async () => (await readAnnouncements(redis, 'operator', Date.now())).length === 3);
}, 120_000);
afterAll(async () => {
  running.abort();
  await announced;
  redis.disconnect();
  await service[Symbol.asyncDispose]();
  await stack.close();
});

async function ask<T>(path: string): Promise<T> {
  const answer = await service.get(`/console/api/operator/${path}`, operator);
  expect([path, answer.status, answer.headers['cache-control']]).toEqual([path, 200, 'no-store']);
  return answer.json();
}

describe('an answer for operators', () => {
  test.each(PATHS)('%s is given to operators only, and kept by nobody', async (path) => {
    const statusFor = async (headers: Record<string, string>) => {
      const answer = await service.get(`/console/api/operator/${path}`, headers);
      expect(answer.headers['cache-control']).toBe('no-store');
      return answer.status;
    };
    expect(await statusFor({})).toBe(401);
    expect(await statusFor(person)).toBe(403);
    expect(await statusFor(operator)).toBe(200);
  });

  test('is not there without the console', async () => {
    await using bare = await startSearchService(store, { CONSOLE_OFF: 'true' });
    for (const path of PATHS)
      expect([path, (await bare.get(`/console/api/operator/${path}`, operator)).status]).toEqual([path, 404]);
  });

  test('refuses a stranger before it looks at what is asked', async () => {
    expect((await service.get('/console/api/operator/rejected?cursor=x')).status).toBe(401);
    expect((await service.get('/console/api/operator/rejected?cursor=x', operator)).status).toBe(400);
    expect((await service.get('/console/api/operator/rejected?reason=a&reason=b', operator)).status).toBe(400);
  });
});

test('the ingest has the hosts that the indexers tell, and the gaps as they stand', async () => {
  const { hosts, gaps, streams, numGaps, numOpenGaps } = await ask<IngestState>('ingest');
  expect(hosts.map(({ host, isConnected }) => [host, isConnected])).toEqual([
    ['wss://a.example', false],
    ['wss://b.example', true],
    ['wss://gone.example', false],
  ]);
  expect(streams).toEqual([
    {
      stream: 'live',
      host: 'wss://gone.example',
      lastEventAt: '2026-01-01T00:00:00.000Z',
      savedAt: '2026-01-01T00:00:01.000Z',
    },
  ]);
  expect([numGaps, numOpenGaps]).toEqual([3, 2]);
  expect(
    gaps.map(({ id, state, reason, numEvents, healedFrom }) => [id[0], state, reason, numEvents, healedFrom]),
  ).toEqual([
    ['c', 'healed', 'possible', 12, 'the archive'],
    ['b', 'healing', HOSTILE, 7, 'the archive'],
    ['a', 'open', HOSTILE, undefined, undefined],
  ]);
  expect(gaps.map(({ from }) => from)).toEqual(
    [OLD_MS + 2_000, OLD_MS + 1_000, OLD_MS].map((ms) => new Date(ms).toISOString()),
  );
});

describe('rejected events', () => {
  test('come page by page, the newest first, each once', async () => {
    const seen: RejectedEvents['events'][number][] = [];
    let cursor: string | undefined;
    do {
      const page = await ask<RejectedEvents>(`rejected${cursor === undefined ? '' : `?cursor=${cursor}`}`);
      seen.push(...page.events);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(49);
    expect(seen.map(({ at }) => at)).toEqual(
      seen
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect(seen.at(-1)).toMatchObject({ reason: 'old', json: '{"old":true}', bytes: 12 });
  });

  test('have the counts of the last day, by reason', async () => {
    await store.clickhouse.command('OPTIMIZE TABLE rejected_events FINAL'); // what a replay repeated counts twice until then
    await expect
      .poll(async () => (await ask<RejectedEvents>('rejected')).reasons, { timeout: 30_000 })
      .toEqual([
        { reason: 'many', count: 45 },
        { reason: 'hostile', count: 3 },
      ]);
  });

  test('are those of one reason where one is asked for', async () => {
    const { events, cursor } = await ask<RejectedEvents>('rejected?reason=old');
    expect([events.length, events[0]?.reason, cursor]).toEqual([1, 'old', undefined]);
    expect((await ask<RejectedEvents>('rejected?reason=nobody')).events).toEqual([]);
  });

  test('come as text whatever they are: markup, what is far too long, what is not UTF-8', async () => {
    const { events } = await ask<RejectedEvents>('rejected?reason=hostile');
    const [broken, long, markup] = events;
    expect(markup).toMatchObject({ json: HOSTILE, detail: HOSTILE, did: HOSTILE, collection: HOSTILE, kind: HOSTILE });
    expect([long?.bytes, long?.json]).toEqual([100_001, `x${'é'.repeat(8_191)}`]);
    expect([broken?.bytes, broken?.json]).toEqual([5, 'a\uFFFDb\u0000c']);
    expect(broken?.detail).toBe('\uFFFD');
  });
});

test('the storage has each table with its rows, the disk, and how fast they grow once half an hour has passed', async () => {
  await store.clickhouse.command('OPTIMIZE TABLE rejected_events FINAL');
  const partsBytes = async () => {
    const [parts] = await selectRows<{ bytes: number }>(
      store.clickhouse,
      "SELECT toFloat64(sum(bytes_on_disk)) AS bytes FROM system.parts WHERE active AND database = 'operator' AND table = 'rejected_events'",
    );
    return parts?.bytes ?? 0;
  };
  const rejected = async () =>
    (await ask<StorageState>('storage')).tables.find(({ name }) => name === 'rejected_events');
  await expect
    .poll(async () => [await rejected(), await partsBytes()], { timeout: 30_000 })
    .toEqual([{ name: 'rejected_events', rows: 49, bytes: await partsBytes() }, await partsBytes()]);
  const { disks, totalBytes, freeBytes, isWhole, measuredFrom } = await ask<StorageState>('storage');
  expect(disks).toHaveLength(1);
  expect(disks[0]).toMatchObject({ name: 'default', totalBytes, freeBytes });
  expect([freeBytes > 0, totalBytes >= freeBytes, isWhole, measuredFrom]).toEqual([true, true, true, undefined]);

  const hourAgo = Date.now() - 3_600_000;
  const sample = { atMs: hourAgo, tables: { rejected_events: 0 }, disks: { [`${disks[0]?.server} default`]: 0 } };
  await createProgressStore(store.clickhouse).save('storage:sizes', { samples: [sample] }, Date.now() * 1000);
  await expect.poll(async () => (await ask<StorageState>('storage')).measuredFrom, { timeout: 30_000 }).toBeDefined();
  const grown = await ask<StorageState>('storage');
  const perDay = grown.tables.find(({ name }) => name === 'rejected_events')?.bytesPerDay ?? 0;
  expect(Math.round(perDay / ((await partsBytes()) * 24))).toBe(1);
  expect(Date.parse(grown.fullAt ?? '')).toBeGreaterThan(Date.now());
  expect(grown.fullAt).toBe(grown.disks[0]?.fullAt);
});

test('sizes are noted again once a clock that was ahead is put right', async () => {
  const samples = createSizeSamples({ clickhouse: store.clickhouse, log });
  const nowMs = Date.now() + 86_400_000;
  await samples.take(nowMs + 365 * 86_400_000);
  for (const atMs of [nowMs, nowMs + 86_400_000]) {
    await samples.take(atMs);
    expect((await samples.read()).map((sample) => sample.atMs)).toContain(atMs);
  }
});

test('a process that fails to say what it does is among the services, and says so in its log', async () => {
  const warned: unknown[] = [];
  const over = new AbortController();
  const tell = (): never => {
    throw new Error('a fault');
  };
  const warn = ({ err }: { readonly err?: unknown }) => void warned.push(err);
  const said = announce({ redis, prefix: 'mute', name: 'search', tell, log: { ...quiet, warn } }, over.signal);
  await until(async () => (await readAnnouncements(redis, 'mute', Date.now())).length === 1);
  expect(warned).toEqual([new Error('a fault')]);
  over.abort();
  await said;
});

test('the services are those that announced themselves; what else is under their keys is passed over', async () => {
  await expect
    .poll(async () => (await ask<ServicesState>('services')).services.map(({ name }) => name), { timeout: 30_000 })
    .toEqual(['feedgen', 'indexer', 'search']);
  const { services, builds, clickhouse, redis: redisState } = await ask<ServicesState>('services');
  expect(services[1]).toMatchObject({ name: 'indexer', facts: { host: 'wss://b.example' } });
  expect(services[2]?.facts).toMatchObject({ searchesUnderWay: 0, cleanups: 'off' });
  expect(builds).toEqual([{ feed: 'hot', builtAt: new Date(OLD_MS).toISOString(), posts: 3, seconds: 0.5 }]);
  expect(clickhouse?.version).toMatch(/^\d+\.\d+/);
  expect(redisState.version).toMatch(/^\d+\.\d+/);
  expect([(clickhouse?.usedBytes ?? 0) > 0, redisState.usedBytes > 0]).toEqual([true, true]);
});

test('the jobs are clean-ups without their secrets, and long work in words', async () => {
  const answer = await service.get('/console/api/operator/jobs', operator);
  expect(answer.text).not.toMatch(/a-token|a-hash|did:plc:viewer/);
  const { cleanups, work } = answer.json() as JobsState;
  expect(
    cleanups.map(({ jobId, state, deleted, remaining, error }) => [jobId, state, deleted, remaining, error]),
  ).toEqual([
    ['running', 'running', 6, 10, ''],
    ['failed', 'failed', 4, 10, 'the account is gone'],
  ]);
  expect(cleanups[1]).not.toHaveProperty('nextRunAt');
  expect(work.map(({ name, detail, isDone }) => [name, detail, isDone])).toEqual(
    expect.arrayContaining([
      [
        "members' and viewers' repositories",
        'in 24 hours 1 brought in, with 1,200 records; 1 accounts had none to bring in',
        true,
      ],
      [`healing of the gap ${'b'.repeat(6)}`, '7 events read from the archive', false],
      ['accounts of pds.example', '3 pages read', true],
      ['something new', '', false],
    ]),
  );
});

test('alerts are none where no Prometheus is set', async () => {
  expect(await ask('alerts')).toMatchObject({ isPrometheusSet: false, alerts: [] });
});

test('while ClickHouse is away its answers are 503s, and the services and alerts are there', async () => {
  const away = { ingest: 503, rejected: 503, storage: 503, services: 200, jobs: 503, alerts: 200 };
  await stack.restartEngine('SIGKILL', async () => {
    for (const [path, status] of Object.entries(away))
      await expect
        .poll(async () => (await service.get(`/console/api/operator/${path}`, operator)).status, { timeout: 30_000 })
        .toBe(status);
    expect(await ask<ServicesState>('services')).not.toHaveProperty('clickhouse');
  });
  await expect
    .poll(async () => (await service.get('/console/api/operator/jobs', operator)).status, { timeout: 30_000 })
    .toBe(200);
});

test('while Redis is away nobody is known, and every answer is a 503 that says when to ask again', async () => {
  await stack.redis().kill('SIGKILL');
  const answers = await Promise.all(PATHS.map((path) => service.get(`/console/api/operator/${path}`, operator)));
  for (const { status, headers } of answers)
    expect([status, headers['retry-after'], headers['cache-control']]).toEqual([503, '5', 'no-store']);
});
