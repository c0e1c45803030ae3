import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@updraft/local';
import {
  ConnectionError,
  checkRedis,
  createCursorStore,
  createRedis,
  type Progress,
  type Redis,
  readIngestStats,
  replayStreamName,
  SetupStoreError,
  type StoreLog,
} from '@updraft/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StoreFixture, startStore } from './store-fixture.ts';

let store: StoreFixture;
let dataDir: string;
let server: RedisServer;
let redis: Redis;
let warnings: string[];
let log: StoreLog;
let prefix: string;
let files = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'updraft-redis-'));
  [store, server] = await Promise.all([startStore(), startRedis({ env: process.env, dataDir })]);
  redis = createRedis({ address: `127.0.0.1:${server.port}` });
});

afterAll(async () => {
  redis.disconnect();
  await Promise.all([store.close(), server.stop()]);
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(() => {
  files++;
  prefix = `test-${files}`;
  warnings = [];
  const note = (_: object, message: string) => warnings.push(message);
  log = { debug: () => {}, info: () => {}, warn: note, error: note };
});

const progress = (lastSeq: number, rest: Partial<Progress> = {}): Progress => ({
  lastSeq,
  cursor: 42,
  host: 'wss://jetstream.example/subscribe',
  oldestKeptMicros: lastSeq - 1_000,
  recent: ['did:plc:a/3l', 'did:plc:b/3l'],
  savedAt: '2026-11-22T16:00:00.000Z',
  ...rest,
});
const T = 1_764_000_000_000_000;
const cursors = (client = redis) => createCursorStore({ redis: client, clickhouse: store.clickhouse, prefix, log });

describe('the cursor', () => {
  it('of a new store is none', async () => {
    expect(await cursors().load()).toBeUndefined();
  });

  it('comes back as it was saved', async () => {
    const { cursor: _, ...withoutCursor } = progress(T);
    for (const saved of [progress(T), withoutCursor]) {
      await cursors().save(saved);
      expect(await cursors().load()).toEqual(saved);
    }
  });

  it("keeps the original's names in Redis", async () => {
    await cursors().save(progress(T));
    expect(JSON.parse((await redis.get(`${prefix}:progress`)) ?? '')).toMatchObject({
      last_seq: T,
      last_seq_processed_at: '2026-11-22T16:00:00.000Z',
    });
  });

  it("comes from ClickHouse's copy when Redis has lost it or holds nonsense", async () => {
    await cursors().save(progress(T));
    await redis.del(`${prefix}:progress`);
    expect(await cursors().load()).toEqual(progress(T));
    for (const nonsense of ['', '{', '7', '{"last_seq":"x"}', '{"last_seq":1764000000000}', '[]', 'null']) {
      await redis.set(`${prefix}:progress`, nonsense);
      expect(await cursors().load()).toEqual(progress(T));
    }
    expect(warnings).toHaveLength(7);
  });

  it('is the earlier of the two, whichever that is', async () => {
    await cursors().save(progress(T));
    const old = await redis.get(`${prefix}:progress`);
    await cursors().save(progress(T + 5));
    await redis.set(`${prefix}:progress`, old ?? '');
    expect(await cursors().load()).toEqual(progress(T));
    await redis.set(`${prefix}:progress`, (old ?? '').replaceAll(String(T), String(T + 9)));
    expect(await cursors().load()).toEqual(progress(T + 5));
  });

  it('is ignored in Redis alone when ClickHouse is a new store', async () => {
    await cursors().save(progress(T));
    await store.clickhouse.command('TRUNCATE TABLE ingest_progress');
    expect(await cursors().load()).toBeUndefined();
    expect(warnings).toEqual(['ClickHouse is a new store: the progress in Redis is ignored']);
  });

  it('of a recorded file is not among those of live streams, which have a lag', async () => {
    await cursors().save(progress(T));
    const replay = { redis, clickhouse: store.clickhouse, prefix: replayStreamName(prefix, '/recorded.jsonl'), log };
    await createCursorStore(replay).save(progress(1_000_000_000_000_007));
    expect(await createCursorStore(replay).load()).toEqual(progress(1_000_000_000_000_007));
    const { streams } = await readIngestStats(store.clickhouse, T / 1_000);
    expect(streams.map(({ stream }) => stream).filter((stream) => stream.startsWith(prefix))).toEqual([prefix]);
  });

  it("of the original is gone on from, once: then our own counts, and the original's when it is earlier", async () => {
    await redis.set(
      `${prefix}:progress`,
      JSON.stringify({ last_seq: T, last_seq_processed_at: '2026-11-22T16:00:00.123456789Z' }),
    );
    expect(await cursors().load()).toEqual({
      lastSeq: T,
      host: '',
      oldestKeptMicros: T,
      recent: [],
      savedAt: '2026-11-22T16:00:00.123456789Z',
    });
    await cursors().save(progress(T + 10));
    await redis.set(`${prefix}:progress`, JSON.stringify({ last_seq: T + 20, last_seq_processed_at: '' }));
    expect(await cursors().load()).toEqual(progress(T + 10));
    await redis.set(`${prefix}:progress`, JSON.stringify({ last_seq: T + 5, last_seq_processed_at: '' }));
    expect(await cursors().load()).toMatchObject({ lastSeq: T + 5, recent: [] });
  });

  it('is told apart by its prefix', async () => {
    await cursors().save(progress(T));
    prefix = `${prefix}-other`;
    expect(await cursors().load()).toBeUndefined();
  });

  it('invariant 1: data before cursor: is saved in ClickHouse before Redis hears of it', async () => {
    const seen: (string | null)[] = [];
    const reading: Promise<unknown>[] = [];
    const onProgressWritten = () => reading.push(redis.get(`${prefix}:progress`).then((text) => seen.push(text)));
    await createCursorStore({ redis, clickhouse: store.clickhouse, prefix, log, onProgressWritten }).save(progress(T));
    await Promise.all(reading);
    expect(seen).toEqual([null]);
  });

  it('is saved, with one line in the log, while Redis is away; and loading says so', async () => {
    const nobody = createRedis({ address: '127.0.0.1:1' });
    const lonely = cursors(nobody);
    await lonely.save(progress(T));
    await lonely.save(progress(T + 1));
    expect(warnings).toEqual(['the progress is saved in ClickHouse only']);
    await expect(lonely.load()).rejects.toBeInstanceOf(ConnectionError);
    await expect(lonely.load()).rejects.toSatisfy((error: ConnectionError) => error.shouldRetry());
    nobody.disconnect();
    expect(await cursors().load()).toEqual(progress(T + 1));
  });
});

describe('createRedis', () => {
  it('refuses what is no address, without repeating its password', () => {
    expect(() => createRedis({ address: 'http://user:secret@host:1' })).toThrow(SetupStoreError);
    expect(() => createRedis({ address: 'http://user:secret@host:1' })).toThrow(/^(?!.*secret)/);
  });

  it('says in one sentence where nobody answers', async () => {
    const nobody = createRedis({ address: '127.0.0.1:1' });
    await expect(checkRedis(nobody)).rejects.toThrow("Redis at 127.0.0.1:1 can't be reached");
    nobody.disconnect();
    await expect(checkRedis(redis)).resolves.toBeUndefined();
  });

  it('says when the password is wrong or missing', async () => {
    await redis.call('ACL', 'SETUSER', 'guarded', 'on', '>right', '~*', '+@all');
    const wrong = createRedis({ address: `redis://guarded:wrong@127.0.0.1:${server.port}` });
    await expect(checkRedis(wrong)).rejects.toBeInstanceOf(SetupStoreError);
    wrong.disconnect();
  });

  it('takes the password from beside the address, where one reads it in no log', async () => {
    await redis.call('ACL', 'SETUSER', 'default', '>beside');
    const right = createRedis({ address: `127.0.0.1:${server.port}`, password: 'beside' });
    const wrong = createRedis({ address: `127.0.0.1:${server.port}`, password: 'other' });
    await expect(right.call('AUTH', 'other')).rejects.toThrow('WRONGPASS');
    await expect(checkRedis(right)).resolves.toBeUndefined();
    await expect(checkRedis(wrong)).rejects.toBeInstanceOf(SetupStoreError);
    await redis.call('ACL', 'SETUSER', 'default', 'nopass');
    right.disconnect();
    wrong.disconnect();
  });

  it('invariant 8: every queue has a bound: lets a bounded number of commands wait for the connection, and logs the outage once', async () => {
    const nobody = createRedis({ address: '127.0.0.1:1', log });
    const results = await Promise.allSettled(Array.from({ length: 1_200 }, () => nobody.get('x')));
    const reasons = results.map((result): unknown => (result.status === 'rejected' ? result.reason : 'resolved'));
    expect(reasons.filter((reason) => !(reason instanceof ConnectionError))).toEqual([]);
    // Those that had to wait have what ioredis says as their cause.
    expect(reasons.filter((reason) => reason instanceof ConnectionError && reason.cause === undefined)).toHaveLength(
      200,
    );
    expect(warnings).toEqual(['Redis is out of reach']);
    nobody.disconnect();
  });
});
