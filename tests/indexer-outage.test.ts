import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWorld, type JetstreamServer, startJetstream, type WorldEvent } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { likes } from './indexer/events.ts';
import { useIndexers, useStack } from './indexer/fixtures.ts';
import { loginOf, until } from './indexer/stack.ts';
import { selectRows } from './select-rows.ts';

const stack = useStack();
const { cleanups, start, play } = useIndexers();

describe('SIGTERM', () => {
  test('writes what was received, saves the cursor and exits with 0', async () => {
    const store = await stack.createStore('sigterm');
    const server = await play({ lines: likes(0, 500), attachCursor: true });
    const program = start(store, { WS_URL: server.url, FLUSH_INTERVAL: '10m' });
    await until(async () => (await program.metric('updraft_indexer_events_total')) === 500);
    expect(await store.count('likes')).toBe(0);
    await program.stop();
    expect(await store.count('likes')).toBe(500);
    expect(await store.count('ingest_progress', "JSONExtractUInt(progress_json, 'cursor') = 500")).toBe(1);
  });
});

describe('invariant 8: ClickHouse away for longer than the queue lasts', () => {
  test('has the socket closed on purpose, memory bounded, and everything arrive afterwards; an indexer that is stopped meanwhile ends with 1, says that nothing is lost, and the next run brings everything', async () => {
    const [store, stopped] = [await stack.createStore('away'), await stack.createStore('sigterm_away')];
    const server = await play({ lines: likes(0, 10_000), attachCursor: true, rate: 4_000 });
    const few = await play({ lines: likes(0, 300), attachCursor: true });
    const small = { BATCH_MAX_ROWS: '500', BATCH_MAX_BYTES: '200000', QUEUE_MAX_BYTES: '1000000', WS_URL: server.url };
    const toStop = start(stopped, { WS_URL: few.url, FLUSH_INTERVAL: '10m' });
    await until(async () => (await toStop.metric('updraft_indexer_events_total')) === 300);
    const program = start(store, small);
    await program.says('connected to Jetstream');
    let highest = Number.NaN;
    await stack.restartEngine('SIGKILL', async () => {
      toStop.child.kill('SIGTERM');
      await program.says('closed on purpose');
      highest = await program.metric('updraft_indexer_queue_bytes');
      expect(await toStop.exited).toEqual({ code: 1, signal: null });
    });
    expect(toStop.output()).toContain('Nothing is lost');
    const next = start(stopped, { WS_URL: few.url });
    await until(async () => (await stopped.count('likes')) === 300);
    await next.stop();
    await until(async () => (await store.count('likes')) === 10_000);
    // What is under way in the socket when it is paused comes on top of the bound.
    expect(highest).toBeLessThan(2_500_000);
    expect(await store.count('ingest_gaps')).toBe(0);
    await program.stop();
  });
});

describe('of two hosts', () => {
  test('the second goes on where the first one died, though its numbers are others', async () => {
    const store = await stack.createStore('failover');
    const all = likes(0, 600);
    const first = await play({ lines: all.slice(0, 400), attachCursor: true });
    const second = await play({ lines: all.slice(100) });
    const program = start(store, { WS_URL: `${first.url},${second.url}` });
    await until(async () => (await store.count('likes')) === 400);
    await first.close();
    await until(async () => (await store.count('likes')) === 600);
    expect(await store.count('ingest_gaps')).toBe(0);
    expect(await program.metric('updraft_indexer_gaps_total')).toBe(0);
    await program.stop();
  });
});

test('a server that sends an event above the limit: it is left out, told in ingest_gaps, and all others are indexed', async () => {
  const store = await stack.createStore('too_large');
  const server = await startJetstream();
  cleanups.push(() => server.close());
  const world = createWorld({ seed: 7, accounts: 500 }).events();
  const events = Array.from({ length: 400 }, () => world.next().value);
  for (const event of events.slice(0, 200)) server.append(event);
  server.log.append({
    line: JSON.stringify({ did: 'did:plc:huge', text: 'x'.repeat(33 * 1024 * 1024) }),
    timeUs: events[200]?.timeUs ?? 0,
  });
  for (const event of events.slice(200)) server.append(event);
  const program = start(store, { WS_URL: server.url });
  await until(async () => (await program.metric('updraft_indexer_events_total')) >= 400);
  await until(async () => (await store.count('ingest_gaps')) === 1);
  await program.stop();
  expect(await selectRows(store.clickhouse, 'SELECT kind, host FROM ingest_gaps FINAL')).toEqual([
    { kind: 'left_out', host: server.url },
  ]);
  expect(server.status().connects).toBe(2);
});

describe('a server that has forgotten', () => {
  /** A host of the new generation with the first `count` events of a world. */
  async function host(events: readonly WorldEvent[]): Promise<JetstreamServer> {
    const server = await startJetstream();
    cleanups.push(() => server.close());
    for (const event of events) server.append(event);
    return server;
  }

  test('what comes after the cursor, silently: the gap is logged, counted, and stands in ingest_gaps', async () => {
    const store = await stack.createStore('gap');
    const world = createWorld({ seed: 5, accounts: 500 }).events();
    const events = Array.from({ length: 2_500 }, () => world.next().value);
    const server = await host(events.slice(0, 300));
    const env = { WS_URL: server.url };
    const before = start(store, env);
    await until(async () => (await before.metric('updraft_indexer_events_total')) === 300);
    await before.stop();

    for (const event of events.slice(300)) server.append(event);
    server.setWeather({ floorSeq: server.log.firstSeq + 2_200 });
    const after = start(store, env);
    await after.says('possible gap');
    await until(async () => (await store.count('ingest_gaps')) === 1);
    expect(await after.metric('updraft_indexer_gaps_total')).toBe(1);
    await after.stop();
    const [gap] = await selectRows<{ kind: string; seconds: number }>(
      store.clickhouse,
      "SELECT kind, dateDiff('second', from_time, to_time) AS seconds FROM ingest_gaps FINAL",
    );
    expect(gap?.kind).toBe('possible');
    expect(Number(gap?.seconds)).toBeGreaterThan(0);
  });

  test('nothing, and sends hours of duplicates first: no gap is told', async () => {
    const store = await stack.createStore('replayed');
    const world = createWorld({ seed: 6, accounts: 500 }).events();
    const events = Array.from({ length: 1_000 }, () => world.next().value);
    const [first, second] = [await host(events.slice(0, 600)), await host(events)];
    second.setWeather({ replayEvents: 500 });
    const program = start(store, { WS_URL: `${first.url},${second.url}` });
    await until(async () => (await program.metric('updraft_indexer_events_total')) === 600);
    await first.close();
    await until(async () => (await program.metric('updraft_indexer_events_total')) >= 1_400);
    await program.stop();
    expect(await store.count('ingest_gaps')).toBe(0);
  });
});

describe('one clear line and exit code 1', () => {
  const NO_STORE = { env: {} };

  test('names every missing or malformed variable', async () => {
    const program = start(NO_STORE, { WS_URL: 'https://example.com', FLUSH_INTERVAL: 'soon' });
    expect(await program.exited).toMatchObject({ code: 1 });
    for (const name of ['CLICKHOUSE_ADDRESS', 'REDIS_ADDRESS', 'WS_URL', 'FLUSH_INTERVAL'])
      expect(program.output()).toContain(name);
  });

  test('names a port in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    const env = {
      CLICKHOUSE_ADDRESS: '127.0.0.1:1',
      REDIS_ADDRESS: '127.0.0.1:1',
      METRICS_LISTEN_ADDRESS: `127.0.0.1:${port}`,
    };
    const program = start({ env }, {});
    expect(await program.exited).toMatchObject({ code: 1 });
    expect(program.output()).toContain(`port ${port} on 127.0.0.1 is in use`);
  });

  test('says that the migrations have not run', async () => {
    const env = {
      ...loginOf(stack.engine()),
      CLICKHOUSE_DATABASE: 'never_made',
      REDIS_ADDRESS: stack.redis().address,
    };
    const program = start({ env }, { METRICS_LISTEN_ADDRESS: '127.0.0.1:0' });
    expect(await program.exited).toMatchObject({ code: 1 });
    expect(program.output()).toContain('pnpm migrate up');
  });
});

test('a server that can not be reached is tried again for ever, and the health pages say so', async () => {
  const store = await stack.createStore('no_network');
  const program = start(store, { WS_URL: 'ws://127.0.0.1:1/subscribe' });
  await program.says('Jetstream ended');
  const metrics = /"metrics":"([^"]+)"/.exec(program.output())?.[1] ?? '';
  const [health, ready] = await Promise.all(['/healthz', '/readyz'].map((path) => fetch(new URL(path, metrics))));
  expect([health?.status, ready?.status]).toEqual([200, 503]);
  expect(await ready?.json()).toMatchObject({
    checks: [
      { name: 'jetstream', ok: false },
      { name: 'clickhouse', ok: true },
      { name: 'redis', ok: true },
    ],
  });
  await program.stop();
});
