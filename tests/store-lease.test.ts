import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type RedisServer, startRedis } from '@updraft/local';
import {
  createCursorStore,
  createLeases,
  createRedis,
  type Lease,
  LeaseLostError,
  type LeaseOwner,
  type Leases,
  type Progress,
  type Redis,
} from '@updraft/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { quietLog } from './migrated-database.ts';
import { type StoreFixture, startStore } from './store-fixture.ts';
import { until } from './until.ts';

let directory: string;
let server: RedisServer;
let redis: Redis;
const held: Lease[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'updraft-lease-'));
  server = await startRedis({ env: process.env, dataDir: directory });
  redis = createRedis({ address: server.address });
});
beforeEach(() => redis.flushall());
afterEach(async () => {
  for (const lease of held.splice(0)) await lease.release();
});
afterAll(async () => {
  redis.disconnect();
  await server.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

const KEY = 'p:indexer:lease';

function leases(owner: LeaseOwner, { ttlMs = 60_000, alive = true } = {}): Leases {
  return createLeases({
    redis,
    prefix: '',
    owner,
    ttlMs,
    isAlive: () => alive,
    fences: 'clock',
    whenUnreachable: 'keep',
  });
}

async function take(from: Leases, fenceAbove = 0, name = KEY): Promise<Lease> {
  const lease = await from.acquire(name, fenceAbove);
  if (lease === undefined) throw new Error('another holds it');
  held.push(lease);
  return lease;
}

describe('a lease', () => {
  test('has one holder, until it is given back', async () => {
    const first = await take(leases({ scope: 'a', pid: 1 }));
    expect(await leases({ scope: 'b', pid: 1 }).acquire(KEY)).toBeUndefined();
    await first.release();
    await take(leases({ scope: 'b', pid: 1 }));
  });

  test('lives on while it is renewed, and lapses when its holder is gone', async () => {
    const first = await take(leases({ scope: 'a', pid: 1 }, { ttlMs: 1_500 }));
    await delay(3_000);
    expect(await leases({ scope: 'b', pid: 1 }).acquire(KEY)).toBeUndefined();
    expect(first.signal.aborted).toBe(false);
    // As if it had lapsed and somebody else had taken it, in one step: the holder renews it all the time.
    await take(leases({ scope: 'b', pid: 1 }), 0, 'rival');
    await redis.rename('rival', KEY);
    await until(() => first.signal.aborted);
    expect(first.signal.reason).toBeInstanceOf(LeaseLostError);
  });

  test('of a dead process of the same scope is free at once, that of another scope is not', async () => {
    await take(leases({ scope: 'a', pid: 1 }));
    expect(await leases({ scope: 'a', pid: 2 }, { alive: true }).acquire(KEY)).toBeUndefined();
    expect(await leases({ scope: 'b', pid: 2 }, { alive: false }).acquire(KEY)).toBeUndefined();
    expect(await leases({ scope: '', pid: 2 }, { alive: false }).acquire(KEY)).toBeUndefined();
    await take(leases({ scope: 'a', pid: 2 }, { alive: false }));
  });

  test('has a fence above every earlier one, also when Redis has lost all and the clock stands behind', async () => {
    const first = await take(leases({ scope: 'a', pid: 1 }));
    await first.release();
    const second = await take(leases({ scope: 'a', pid: 1 }));
    expect(second.fence).toBeGreaterThan(first.fence);
    await redis.flushall();
    const ahead = second.fence + 1e12;
    expect((await take(leases({ scope: 'b', pid: 1 }), ahead)).fence).toBeGreaterThan(ahead);
  });

  test('is taken up again by its holder when Redis has lost it and nobody had it meanwhile', async () => {
    const first = await take(leases({ scope: 'a', pid: 1 }, { ttlMs: 300 }));
    await redis.flushall();
    await delay(300);
    expect(await leases({ scope: 'b', pid: 1 }).acquire(KEY)).toBeUndefined();
    expect(first.signal.aborted).toBe(false);
  });
});

describe('a counted lease', () => {
  const counted = (ttlMs = 60_000) =>
    createLeases({ redis, prefix: 'lease:', ttlMs, fences: 'count', whenUnreachable: 'lose' });

  test('has a fence above the last one and above what is asked for', async () => {
    const first = await take(counted(), 0, 'thing');
    await first.release();
    const second = await take(counted(), 0, 'thing');
    expect(second.fence).toBe(first.fence + 1);
    await second.release();
    expect((await take(counted(), 1_000, 'thing')).fence).toBe(1_001);
  });

  test('is lost when another took it, and its release leaves that one alone', async () => {
    const lease = await take(counted(600), 0, 'stolen');
    await redis.set('lease:stolen', 'another');
    await until(() => lease.signal.aborted);
    await lease.release();
    expect(await redis.get('lease:stolen')).toBe('another');
  });

  test('that is lost leaves the next one of the same process alone', async () => {
    const own = counted();
    const lease = await take(own, 0, 'twice');
    await redis.del('lease:twice');
    const next = await take(own, 0, 'twice');
    await lease.release();
    expect(await own.acquire('twice')).toBeUndefined();
    expect(next.signal.aborted).toBe(false);
  });
});

describe('a holder that alone is cut off from Redis', () => {
  const cutOff = async (whenUnreachable: 'lose' | 'keep') => {
    const own = createRedis({ address: server.address });
    const options = { prefix: 'cut:', ttlMs: 900, fences: 'count', whenUnreachable } as const;
    const lease = await take(createLeases({ redis: own, ...options }), 0, whenUnreachable);
    own.disconnect();
    return { lease, own, others: createLeases({ redis, ...options }) };
  };

  test('stops before another has the lease, where the lease is lost with Redis', async () => {
    const { lease, others } = await cutOff('lose');
    let rival: Lease | undefined;
    while (rival === undefined) {
      rival = await others.acquire('lose');
      if (rival === undefined) await delay(5);
    }
    held.push(rival);
    expect(lease.signal.aborted).toBe(true);
  });

  test('works on beside another where the lease is kept, with the lower fence, and ends when it hears of it', async () => {
    const { lease, own, others } = await cutOff('keep');
    await delay(1_000);
    const rival = await take(others, 0, 'keep');
    expect(lease.signal.aborted).toBe(false);
    expect(rival.fence).toBeGreaterThan(lease.fence);
    await own.connect();
    await until(() => lease.signal.aborted);
    expect(rival.signal.aborted).toBe(false);
    own.disconnect();
  });
});

describe('the cursor of a lease', () => {
  let store: StoreFixture;
  beforeAll(async () => {
    store = await startStore();
  });
  afterAll(() => store.close());
  beforeEach(() => store.clickhouse.command('TRUNCATE TABLE ingest_progress'));

  const cursorStore = () =>
    createCursorStore({ redis, clickhouse: store.clickhouse, prefix: 'p', leaseKey: KEY, log: quietLog });
  const progress = (nth: number): Progress => ({
    lastSeq: 1_783_175_888_000_000 + nth,
    cursor: nth,
    host: 'ws://host/subscribe',
    oldestKeptMicros: 1_783_175_888_000_000,
    recent: ['x'],
    savedAt: '2026-07-04T14:38:08.000Z',
  });

  test.each([
    ['forward', 900],
    ['backward', 5],
  ])('is not moved %s by an earlier holder that wakes up', async (_, late) => {
    const [old, successor] = [cursorStore(), cursorStore()];
    const first = await take(leases({ scope: 'a', pid: 1 }));
    await old.takeOver(first.fence);
    await old.save(progress(10));
    await redis.del(KEY); // it lapses while the old one is paused
    const second = await take(leases({ scope: 'b', pid: 1 }), await successor.version());
    await successor.takeOver(second.fence);

    await expect(old.save(progress(late))).rejects.toThrow(LeaseLostError);
    expect((await cursorStore().load())?.cursor).toBe(10);
    await successor.save(progress(20));
    await expect(old.save(progress(late))).rejects.toThrow(LeaseLostError);
    expect((await cursorStore().load())?.cursor).toBe(20);
  });

  test('is the later holder’s though Redis has forgotten every lease', async () => {
    const [old, successor] = [cursorStore(), cursorStore()];
    await old.takeOver((await take(leases({ scope: 'a', pid: 1 }))).fence);
    await old.save(progress(10));
    await redis.flushall();
    await successor.takeOver((await take(leases({ scope: 'b', pid: 1 }), await successor.version())).fence);
    await successor.save(progress(20));
    await old.save(progress(900)).catch(() => {});
    expect((await cursorStore().load())?.cursor).toBe(20);
  });
});
