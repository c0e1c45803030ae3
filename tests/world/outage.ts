import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createGroundTruth, createWorld, eventLine, startJetstream, startPump } from '@updraft/simulator';
import { until } from '../until.ts';
import { compareWithTruth, type Difference } from './compare.ts';
import { type Databases, startDatabases } from './databases.ts';
import { indexerVariables, startIndexer } from './indexer-process.ts';
import { peakRssMb } from './process-figures.ts';
import { untilSaved } from './stage.ts';
import { readAll } from './table-reader.ts';
import { isSound } from './verify.ts';

export interface OutageOptions {
  /** How long ClickHouse is away. */
  readonly seconds: number;
  /** How long all is well before it goes, and after it came back. */
  readonly calmSeconds?: number;
  /** Events a second meanwhile. */
  readonly rate: number;
  readonly seed: number;
  readonly accounts?: number;
  /** Of the day before, which the indexer reads first. */
  readonly eventsPerDay?: number;
  readonly onProgress: (line: string) => void;
}

export interface OutageVerdict extends Difference {
  readonly events: number;
  /** Events that came while ClickHouse was away. */
  readonly missed: number;
  /** Times that the indexer closed the socket because it was full. */
  readonly closedOnPurpose: number;
  readonly gaps: number;
  /** Of the indexer, at its peak. */
  readonly rssMb: number;
}

const REDIS_PREFIX = 'outage';

/**
 * ClickHouse goes away while the stream flows, comes back, and every table is compared with the world's truth, row for row. Everything runs
 * in a folder of its own, which is removed when all was well.
 */
export async function verifyOutage(options: OutageOptions): Promise<OutageVerdict> {
  const folder = await mkdtemp(join(tmpdir(), 'updraft-outage-'));
  const verdict = await playOutage(options, folder);
  if (isSound(verdict)) await rm(folder, { recursive: true, force: true });
  else options.onProgress(`what is left of it is in ${folder}`);
  return verdict;
}

async function playOutage(options: OutageOptions, folder: string): Promise<OutageVerdict> {
  const { seconds, calmSeconds = 15, rate, seed, accounts = 5_000, eventsPerDay = 100_000, onProgress } = options;
  const world = createWorld({ seed, accounts, eventsPerDay, liveRate: rate, hostile: 0.1 });
  await using cleanup = new AsyncDisposableStack();
  const databases = cleanup.use(await startDatabases(folder));
  const { clickhouse } = databases;
  // A reader that pauses for 5 s is cut, as by the real server.
  const host = cleanup.adopt(await startJetstream({ slowReaderMs: 5_000 }), (server) => server.close());
  const truth = createGroundTruth();
  const stopping = cleanup.adopt(new AbortController(), (controller) => controller.abort());
  let isEnding = false;
  const onEvent = (event: Parameters<typeof eventLine>[0]): void => {
    const told = truth.add(eventLine(event), event.nth);
    if (isEnding && told.is === 'commit') stopping.abort(); // a strange event does not move the cursor that is waited for
  };
  const pump = startPump({ world, hosts: [host], onEvent, signal: stopping.signal });
  const events = (): number => host.log.nextSeq - 1;
  await pump.caughtUp;
  const startMs = world.options.nowMicros / 1_000 - (world.options.historyHours + 1) * 3_600_000;
  const variables = indexerVariables(databases, [host], REDIS_PREFIX, startMs);
  const indexer = cleanup.adopt(startIndexer(variables, join(folder, 'indexer.log')), async (process) => {
    if (process.running) await process.kill();
  });
  await untilBegun(databases, folder);
  await delay(calmSeconds * 1_000);
  const before = events();
  onProgress(`after ${before} events ClickHouse goes away for ${seconds} s`);
  await clickhouse.kill();
  await delay(seconds * 1_000);
  const missed = events() - before;
  await clickhouse.revive();
  onProgress(`it is back; ${missed} events came meanwhile`);
  await delay(calmSeconds * 1_000);
  isEnding = true;
  await pump.done;
  host.settle();
  await untilSaved(databases, REDIS_PREFIX, host, folder);
  const rssMb = peakRssMb(indexer.pid);
  await indexer.stop();
  const difference = await compareWithTruth(clickhouse.url, truth);
  const log = await readFile(join(folder, 'indexer.log'), 'utf8');
  const gaps = await readAll(clickhouse.url, 'SELECT detail FROM ingest_gaps FINAL');
  const closedOnPurpose = log.split('\n').filter((line) => line.includes('"reason":"backpressure"')).length;
  return { events: events(), missed, closedOnPurpose, gaps: gaps.length, rssMb, ...difference };
}

/** Resolves when the indexer has saved a first cursor: before that, an outage would meet its start. */
async function untilBegun({ readRedis }: Databases, folder: string): Promise<void> {
  await until(
    async () => (await readRedis(`${REDIS_PREFIX}:progress`).catch(() => null)) !== null,
    `the indexer's first cursor (see ${folder})`,
  );
}
