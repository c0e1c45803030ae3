import type { PlayServer } from '@updraft/simulator';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { likes } from './indexer/events.ts';
import { useIndexers, useStack } from './indexer/fixtures.ts';
import { type Program, type Store, until } from './indexer/stack.ts';
import { selectRows } from './select-rows.ts';

const stack = useStack();
const indexers = useIndexers();
let redis: Redis;
beforeAll(() => {
  redis = new Redis(`redis://${stack.redis().address}`);
});
afterAll(() => redis.disconnect());

const ACTIVE = 'this indexer is the active one';
const STANDBY = 'another indexer is active';

function start(store: Store, server: PlayServer, env: Record<string, string> = {}): Program {
  return indexers.start(store, {
    WS_URL: server.url,
    FLUSH_INTERVAL: '100ms',
    BATCH_MAX_ROWS: '200',
    LEASE_TTL: '2s',
    ...env,
  });
}

/** Plays so many likes, a thousand a second. */
const play = (count: number) => indexers.play({ lines: likes(0, count), attachCursor: true, rate: 1_000 });

async function startBoth(store: Store, server: PlayServer): Promise<{ active: Program; standby: Program }> {
  const active = start(store, server);
  await active.says(ACTIVE);
  const standby = start(store, server);
  await standby.says(STANDBY);
  return { active, standby };
}

async function ask(program: Program, path: string): Promise<{ status: number; body: unknown }> {
  const metrics = /"metrics":"([^"]+)"/.exec(program.output())?.[1] ?? '';
  const reply = await fetch(new URL(path, metrics));
  return { status: reply.status, body: await reply.json() };
}

async function progress(store: Store): Promise<{ clickhouse: number; redis: number }> {
  const [row] = await selectRows<{ cursor: string }>(
    store.clickhouse,
    "SELECT JSONExtractUInt(progress_json, 'cursor') AS cursor FROM ingest_progress FINAL",
  );
  const text = await redis.get(`${store.env['REDIS_PREFIX']}:progress`);
  return { clickhouse: Number(row?.cursor), redis: (JSON.parse(text ?? '{}') as { cursor: number }).cursor };
}

describe('of two indexers', () => {
  test('one reads and the other stands by, ready and saying so; after SIGKILL of the active the standby is at work, and nothing is lost', async () => {
    const store = await stack.createStore('killed');
    const server = await play(2_000);
    const { active, standby } = await startBoth(store, server);
    expect(await ask(standby, '/readyz')).toMatchObject({ status: 200, body: { status: 'standby' } });
    expect(await ask(standby, '/startupz')).toMatchObject({ status: 200 });
    expect([await active.metric('updraft_indexer_active'), await standby.metric('updraft_indexer_active')]).toEqual([
      1, 0,
    ]);
    await until(async () => (await store.count('likes')) >= 200);
    expect(await standby.metric('updraft_indexer_events_total')).toBe(0);

    active.child.kill('SIGKILL');
    await until(async () => (await standby.metric('updraft_indexer_rows_written_total')) > 0);
    await until(async () => (await store.count('likes')) === 2_000);
    expect(await ask(standby, '/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
    expect(await store.count('ingest_gaps')).toBe(0);
    await standby.stop();
  });

  test('the active gives its place up at once when it is stopped', async () => {
    const store = await stack.createStore('stopped');
    const server = await play(2_000);
    const { active, standby } = await startBoth(store, server);
    await until(async () => (await store.count('likes')) >= 200);
    await active.stop();
    await standby.says(ACTIVE);
    await until(async () => (await store.count('likes')) === 2_000);
    expect(await store.count('ingest_gaps')).toBe(0);
    await standby.stop();
  });

  test('an active that wakes up after a pause moves no cursor, and ends with one clear line', async () => {
    const store = await stack.createStore('paused');
    const server = await play(2_000);
    const { active, standby } = await startBoth(store, server);
    await until(async () => (await store.count('likes')) >= 200);
    active.child.kill('SIGSTOP');
    await until(async () => (await standby.metric('updraft_indexer_rows_written_total')) > 0);
    await until(async () => (await store.count('likes')) === 2_000);
    await until(async () => (await progress(store)).redis === 2_000);
    active.child.kill('SIGCONT');
    expect(await active.exited).toEqual({ code: 1, signal: null });
    expect(active.output()).toContain('another indexer has become the active one');
    expect(await progress(store)).toEqual({ clickhouse: 2_000, redis: 2_000 });
    expect(await standby.metric('updraft_indexer_active')).toBe(1);
    await standby.stop();
  });

  test('the active goes on while Redis is away, and is the active one afterwards', async () => {
    const store = await stack.createStore('redis_away');
    const server = await play(1_500);
    const active = start(store, server, { LEASE_TTL: '3s' });
    await active.says(ACTIVE);
    await stack.restartRedis('SIGKILL');
    await until(async () => (await store.count('likes')) === 1_500);
    // As after a Redis that lost the lease: whoever comes before it is taken up again would be the active one.
    const lease = `${store.env['REDIS_PREFIX']}:indexer:lease`;
    await redis.del(lease);
    await until(async () => (await redis.exists(lease)) === 1);
    const late = start(store, server);
    await late.says(STANDBY);
    await late.stop();
    await active.stop();
  });
});

test('an indexer started again on the same machine does not wait for the lease of its dead predecessor', async () => {
  const store = await stack.createStore('restarted');
  const server = await play(500);
  const first = start(store, server, { LEASE_TTL: '1m' });
  await first.says(ACTIVE);
  first.child.kill('SIGKILL');
  await first.exited;
  const second = start(store, server, { LEASE_TTL: '1m' });
  await second.says(ACTIVE);
  await until(async () => (await store.count('likes')) === 500);
  expect(second.output()).not.toContain(STANDBY);
  await second.stop();
});

test('an indexer that is stuck says so and exits with 1, so that it is started again', async () => {
  const store = await stack.createStore('stuck');
  const server = await play(100);
  const program = start(store, server, { STALL_TIMEOUT: '3s', IDLE_TIMEOUT: '10m' });
  expect(await program.exited).toEqual({ code: 1, signal: null });
  expect(program.output()).toContain('stalled: no event, no connection and no write');
  expect(await store.count('likes')).toBe(100);
});
