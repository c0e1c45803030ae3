import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseFrame } from '@updraft/atproto';
import { createWorld, type PlayServer, startPlayServer, writeWorldFile } from '@updraft/simulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  differences,
  expectCleanEnd,
  type Program,
  type Stack,
  type Store,
  startProgram,
  startStack,
  type Tables,
  until,
} from './indexer/stack.ts';
import { selectRows } from './select-rows.ts';

/** UPDRAFT_KILLS=10 for the long proof. */
const KILLS = Number(process.env['UPDRAFT_KILLS'] ?? 2);
const EVENTS = 1_500 * KILLS;
const SMALL_BATCHES = { BATCH_MAX_ROWS: '200', FLUSH_INTERVAL: '100ms', SINCE: '2020-01-01T00:00:00Z' };
const CRASH_POINTS = [
  'after-receive:450',
  'before-write:3',
  'mid-write:3',
  'after-write:3',
  'after-progress:3',
  'after-redis:3',
];

let stack: Stack;
let file: string;
let lines: number;
let undisturbed: Tables;
const servers: PlayServer[] = [];

beforeAll(async () => {
  stack = await startStack();
  file = join(stack.directory, 'world.jsonl');
  await writeWorldFile(createWorld({ seed: 11, accounts: 300, hostile: 0.3 }), file, EVENTS);
  // Strange records stay; frames that are no event would be others with the numbers that the server writes into them.
  const whole = (await readFile(file, 'utf8')).split('\n').filter((line) => parseFrame(line).ok);
  await writeFile(file, `${whole.join('\n')}\n`);
  lines = whole.length;
  const store = await stack.createStore('undisturbed');
  const replay = startProgram('apps/indexer/src/replay-command.ts', [file], store.env);
  if ((await replay.exited).code !== 0) throw new Error(replay.output());
  undisturbed = await store.tables();
});
afterAll(async () => {
  for (const server of servers) await server.close();
  await stack.close();
});

/** A server of the whole stream, so fast that kills strike in its middle. */
async function play(rate?: number): Promise<PlayServer> {
  const server = await startPlayServer({ file, attachCursor: true, ...(rate !== undefined && { rate }) });
  servers.push(server);
  return server;
}

function start(store: Store, server: PlayServer, env: Record<string, string> = {}): Program {
  const main = 'CRASH_POINT' in env ? 'tests/indexer/crashing-indexer.ts' : 'apps/indexer/src/main.ts';
  return startProgram(main, [], { ...store.env, ...SMALL_BATCHES, WS_URL: server.url, ...env });
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
  program.child.kill('SIGTERM');
  await expectCleanEnd(program);
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
    const program = start(store, server, { CRASH_POINT: point });
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
    program.child.kill('SIGKILL');
    await program.exited;
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
    const program = start(store, server, { REDIS_PREFIX: prefix });
    await until(async () => program.child.exitCode !== null || (await framesTaken(program)) === lines);
    program.child.kill('SIGTERM');
    await expectCleanEnd(program);
    expect(differences(await store.tables(), undisturbed)).toEqual([]);
  }
});
