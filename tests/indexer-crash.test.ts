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

/** Of each process. UPDRAFT_KILLS=10 for the long proof. */
const KILLS = Number(process.env['UPDRAFT_KILLS'] ?? 1);
const EVENTS = Math.max(1_500, 1_000 * KILLS);

const stack = useStack();
let file: string;
let lines: number;
let undisturbed: Store;
let expected: Tables;
const servers: PlayServer[] = [];

beforeAll(async () => {
  file = join(stack.directory, 'world.jsonl');
  await writeWorldFile(createWorld({ seed: 11, accounts: 200, hostile: 0.3 }), file, EVENTS);
  // Strange records stay; frames that are no event would be others with the numbers that the server writes into them.
  const whole = (await readFile(file, 'utf8')).split('\n').filter((line) => parseFrame(line).ok);
  await writeFile(file, `${whole.join('\n')}\n`);
  lines = whole.length;
  undisturbed = await stack.createStore('undisturbed');
  await replayAll(undisturbed, file);
  expected = await undisturbed.tables();
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
  return startIndexer(store, { BATCH_MAX_ROWS: '100', FLUSH_INTERVAL: '100ms', WS_URL: server.url, ...env });
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
    const nth = point === 'after-receive' ? 150 : 2;
    const program = start(store, server, { CRASH_POINT: `${point}:${nth}` });
    expect({ point, ...(await program.exited) }).toMatchObject({ signal: 'SIGKILL' });
    expect(await savedCursor(store)).toBeGreaterThanOrEqual(before);
  }
  await finish(store, start(store, server));
  expect(differences(await store.tables(), expected)).toEqual([]);
});

test('Redis, the indexer and ClickHouse killed in mid-stream: nothing is lost, nothing comes twice', async () => {
  const store = await stack.createStore('kills');
  const server = await play(250);
  let program = start(store, server);
  /** Lets it read on, so that the kill strikes in its middle. */
  const readOn = async (): Promise<void> => {
    const from = await savedCursor(store);
    await until(async () => (await savedCursor(store)) > Math.min(from + 100, lines - 1));
  };
  for (let round = 0; round < KILLS; round++) {
    await readOn();
    // ClickHouse's copy of the cursor goes on without Redis.
    await stack.restartRedis('SIGKILL');
    await readOn();
    await program.kill();
    program = start(store, server);
    await readOn();
    await stack.restartEngine('SIGKILL');
  }
  await finish(store, program);
  expect(program.output()).toContain('a write failed and is tried again');
  expect(differences(await store.tables(), expected)).toEqual([]);
});

test('invariant 3: replay changes nothing: the same stream twice more, from another host with other numbers', async () => {
  for (const prefix of ['second', 'third']) {
    const server = await startPlayServer({ file, attachCursor: prefix === 'second' });
    servers.push(server);
    const program = start(undisturbed, server, { REDIS_PREFIX: prefix, BATCH_MAX_ROWS: '2000' });
    await until(async () => program.child.exitCode !== null || (await framesTaken(program)) === lines);
    await program.stop();
    expect(differences(await undisturbed.tables(), expected)).toEqual([]);
  }
});
