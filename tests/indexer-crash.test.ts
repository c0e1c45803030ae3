import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseFrame } from '@updraft/atproto';
import { createWorld, type PlayServer, startPlayServer, writeWorldFile } from '@updraft/simulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CRASH_POINTS } from './indexer/crash-points.ts';
import { useStack } from './indexer/fixtures.ts';
import { differences, type Program, type Store, type Tables, until } from './indexer/stack.ts';
import { replayAll, startIndexer } from './indexer/start.ts';
import { selectRows } from './select-rows.ts';

/** UPDRAFT_KILLS=10 for the long proof. */
const KILLS = Number(process.env['UPDRAFT_KILLS'] ?? 1);
const EVENTS = Math.max(2_000, 1_500 * KILLS);

const stack = useStack();
let file: string;
let lines: number;
let undisturbed: Tables;
const servers: PlayServer[] = [];

beforeAll(async () => {
  file = join(stack.directory, 'world.jsonl');
  await writeWorldFile(createWorld({ seed: 11, accounts: 300, hostile: 0.3 }), file, EVENTS);
  // Strange records stay; frames that are no event would be others with the numbers that the server writes into them.
  const whole = (await readFile(file, 'utf8')).split('\n').filter((line) => parseFrame(line).ok);
  await writeFile(file, `${whole.join('\n')}\n`);
  lines = whole.length;
  const store = await stack.createStore('undisturbed');
  await replayAll(store, file);
  undisturbed = await store.tables();
});
afterAll(async () => {
  for (const server of servers) await server.close();
});

/** A server of the whole stream, so fast that kills strike in its middle. */
async function play(rate?: number): Promise<PlayServer> {
  const server = await startPlayServer({ file, attachCursor: true, ...(rate !== undefined && { rate }) });
  servers.push(server);
  return server;
}

function start(store: Store, server: PlayServer, env: Record<string, string> = {}): Program {
  return startIndexer(store, { BATCH_MAX_ROWS: '200', FLUSH_INTERVAL: '100ms', WS_URL: server.url, ...env });
}

/** The sequence number up to which everything is written, 0 before the first. */
async function savedCursor(store: Store): Promise<number> {
  const rows = await selectRows<{ progress_json: string }>(
    store.clickhouse,
    'SELECT progress_json FROM ingest_progress FINAL WHERE stream = currentDatabase()',
  ).catch(() => []);
  return rows[0] === undefined ? 0 : (JSON.parse(rows[0].progress_json) as { cursor: number }).cursor;
}

/** Lets it read to the end of the stream, and stops it. */
async function finish(store: Store, program: Program): Promise<void> {
  await until(async () => program.child.exitCode !== null || (await savedCursor(store)) === lines);
  await program.stop();
}

async function framesTaken(program: Program): Promise<number> {
  return (
    (await program.metric('updraft_indexer_events_total')) + (await program.metric('updraft_indexer_rejected_total'))
  );
}

test('invariant 1, invariant 2, invariant 3: killed at every point of its pipeline, the indexer loses and doubles nothing', async () => {
  const store = await stack.createStore('crashes');
  const server = await play();
  for (const point of CRASH_POINTS) {
    const before = await savedCursor(store);
    const nth = point === 'after-receive' ? 450 : 3;
    const program = start(store, server, { CRASH_POINT: `${point}:${nth}` });
    expect({ point, ...(await program.exited) }).toMatchObject({ signal: 'SIGKILL' });
    expect(await savedCursor(store)).toBeGreaterThanOrEqual(before);
  }
  await finish(store, start(store, server));
  expect(differences(await store.tables(), undisturbed)).toEqual([]);
});

test('killed at any moment, the indexer loses and doubles nothing', async () => {
  const store = await stack.createStore('kills');
  const server = await play(2_000);
  for (let kill = 0; kill < KILLS; kill++) {
    const program = start(store, server);
    const from = await savedCursor(store);
    await until(async () => (await savedCursor(store)) > from + 200);
    await program.kill();
  }
  await finish(store, start(store, server));
  expect(differences(await store.tables(), undisturbed)).toEqual([]);
});

test('ClickHouse killed in mid-stream: everything arrives once it is back', async () => {
  const store = await stack.createStore('engine_kills');
  const program = start(store, await play(2_000));
  for (let kill = 0; kill < KILLS; kill++) {
    const from = await savedCursor(store);
    await until(async () => (await savedCursor(store)) > from + 200);
    await stack.restartEngine('SIGKILL');
  }
  await finish(store, program);
  expect(program.output()).toContain('a write failed and is tried again');
  expect(differences(await store.tables(), undisturbed)).toEqual([]);
});

test('Redis killed in mid-stream: nothing stops, and ClickHouse’s copy of the cursor goes on', async () => {
  const store = await stack.createStore('redis_kills');
  const program = start(store, await play(2_000));
  for (let kill = 0; kill < KILLS; kill++) {
    const from = await savedCursor(store);
    await until(async () => (await savedCursor(store)) > from + 200);
    await stack.restartRedis('SIGKILL');
  }
  await finish(store, program);
  expect(differences(await store.tables(), undisturbed)).toEqual([]);
});

test('invariant 3: replay changes nothing: the same stream twice more, from another host with other numbers', async () => {
  const store = await stack.createStore('repeats');
  for (const prefix of ['first', 'second', 'third']) {
    const server = await startPlayServer({ file, attachCursor: prefix === 'first' });
    servers.push(server);
    const program = start(store, server, { REDIS_PREFIX: prefix, BATCH_MAX_ROWS: '2000' });
    await until(async () => program.child.exitCode !== null || (await framesTaken(program)) === lines);
    await program.stop();
    expect(differences(await store.tables(), undisturbed)).toEqual([]);
  }
});
