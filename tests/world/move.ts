import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createGroundTruth, createWorld, eventLine, type JetstreamServer, startJetstream } from '@updraft/simulator';
import { compareWithTruth, type Difference } from './compare.ts';
import { type Databases, startDatabases } from './databases.ts';
import { createDice } from './dice.ts';
import { indexerVariables, startIndexer } from './indexer-process.ts';
import { until, untilSaved } from './stage.ts';
import { readAll } from './table-reader.ts';
import { isSound } from './verify.ts';

export interface MoveOptions {
  /** A checkout of the commit before, with its dependencies: its migrations and its indexer make the store that moves. */
  readonly old: string;
  readonly seed: number;
  /** That the old indexer has written when the move begins; more come all the while, and a tenth as many after it. */
  readonly events: number;
  readonly onProgress: (line: string) => void;
}

export interface MoveVerdict extends Difference {
  readonly events: number;
  readonly kills: number;
  readonly gaps: number;
}

const REDIS_PREFIX = 'move';
const MIGRATE = 'packages/store/src/migrate-command.ts';
const HERE = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A store that an earlier checkout wrote moves over while that checkout's indexer goes on; the migration is killed, and ClickHouse under it;
 * then this checkout's indexer takes over, and every table is compared with the world's truth, row for row.
 */
export async function verifyMove(options: MoveOptions): Promise<MoveVerdict> {
  const folder = await mkdtemp(join(tmpdir(), 'updraft-move-'));
  const verdict = await playMove(options, folder);
  if (isSound({ ...verdict })) await rm(folder, { recursive: true, force: true });
  else options.onProgress(`what is left of it is in ${folder}`);
  return verdict;
}

async function playMove({ old, seed, events, onProgress }: MoveOptions, folder: string): Promise<MoveVerdict> {
  const log = join(folder, 'programs.log');
  await using cleanup = new AsyncDisposableStack();
  let login: Readonly<Record<string, string>> = {};
  const databases = cleanup.use(
    await startDatabases(folder, async ({ env }) => {
      login = env;
      await migrate(old, env, log).done;
    }),
  );
  const host = cleanup.adopt(await startJetstream({ slowReaderMs: 20_000 }), (server) => server.close());
  const world = startWorld(host, { seed, events });
  const variables = indexerVariables(databases, [host], REDIS_PREFIX, world.startMs - 60_000);
  const before = startIndexer(variables, log, join(old, 'apps/indexer/src/main.ts'));
  cleanup.defer(async () => {
    if (before.running) await before.kill();
  });
  await world.flow(events);
  await untilSaved(databases, REDIS_PREFIX, host, folder);
  onProgress(`the old indexer has written ${events} events`);

  const moved = new AbortController();
  const flowing = world.flowUntil(moved.signal);
  await killMigrations({ databases, start: () => migrate(HERE, login, log), dice: createDice(seed), onProgress });
  const startedAt = Date.now();
  if ((await migrate(HERE, login, log).done) !== 0) throw new Error(`the migration failed: see ${log}`);
  onProgress(`the rest of the move took ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`);
  moved.abort();
  await flowing;
  await before.kill();

  const after = startIndexer(variables, log);
  cleanup.defer(async () => {
    if (after.running) await after.kill();
  });
  await world.flow(events / 10);
  host.settle();
  await untilSaved(databases, REDIS_PREFIX, host, folder);
  await after.stop();
  const difference = await compareWithTruth(databases.clickhouse.url, world.truth);
  const gaps = await readAll(databases.clickhouse.url, 'SELECT detail FROM ingest_gaps FINAL');
  return { events: host.log.nextSeq - 1, kills: 2, gaps: gaps.length, ...difference };
}

function startWorld(host: JetstreamServer, { seed, events }: { seed: number; events: number }) {
  const world = createWorld({ seed, accounts: Math.max(2_000, events / 100), eventsPerDay: events, hostile: 0.5 });
  const truth = createGroundTruth();
  const source = world.events();
  const nextEvent = () => {
    const event = source.next().value;
    host.append(event);
    return truth.add(eventLine(event), event.nth);
  };
  const happen = (count: number): void => {
    for (let i = 0; i < count; i++) nextEvent();
    host.settle();
  };
  /** Lets so many events happen, with breaths in between; the last is a commit, since a strange event does not move the cursor. */
  const flow = async (count: number): Promise<void> => {
    const stretches = 200;
    for (let stretch = 0; stretch < stretches; stretch++) {
      happen(count / stretches);
      await delay(100);
    }
    while (nextEvent().is !== 'commit');
    host.settle();
  };
  const flowUntil = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      happen(30);
      await delay(100);
    }
  };
  return { truth, flow, flowUntil, startMs: world.options.nowMicros / 1_000 - world.options.historyHours * 3_600_000 };
}

/** Kills the migration once, and ClickHouse under the next one, each after the copy began. */
async function killMigrations({
  databases,
  start,
  dice,
  onProgress,
}: {
  databases: Databases;
  start: () => Migration;
  dice: (below: number) => number;
  onProgress: (line: string) => void;
}): Promise<void> {
  const copying = (of: Migration) =>
    until('the copy to begin', async () => {
      const sql =
        "SELECT 1 FROM system.processes WHERE query LIKE '%INSERT INTO record_rows%' AND query NOT LIKE '%processes%'";
      return (
        /(applying|going on with) .*0013/.test(of.said()) && (await readAll(databases.clickhouse.url, sql)).length > 0
      );
    });
  const first = start();
  await copying(first);
  await delay(dice(200));
  first.kill();
  if ((await first.done) !== null) throw new Error('the migration ended before it was killed');
  onProgress('the migration was killed as it copied');
  const second = start();
  await copying(second);
  await delay(dice(200));
  await databases.clickhouse.kill();
  const code = await second.done;
  await databases.clickhouse.revive();
  if (code === 0) throw new Error('the migration ended before ClickHouse was killed');
  onProgress('ClickHouse was killed as the next one copied');
}

interface Migration {
  kill(): void;
  /** Null where it was killed. */
  readonly done: Promise<number | null>;
  /** All that it has said. */
  said(): string;
}

/** `pnpm migrate up` of a checkout. */
function migrate(checkout: string, env: Readonly<Record<string, string>>, logFile: string): Migration {
  const child = spawn(process.execPath, [join(checkout, MIGRATE), 'up'], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  let said = '';
  child.stderr.on('data', (text) => {
    said += String(text);
  });
  return {
    kill: () => void child.kill('SIGKILL'),
    said: () => said,
    done: once(child, 'close').then(([code]) => {
      log.end();
      return code as number | null;
    }),
  };
}
