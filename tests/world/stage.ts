import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createGroundTruth,
  eventLine,
  type GroundTruth,
  type JetstreamServer,
  SECOND_HOST,
  startJetstream,
  type World,
} from '@updraft/simulator';
import type { Databases } from './databases.ts';
import { type IndexerProcess, indexerVariables, startIndexer } from './indexer-process.ts';
import { STORED_OPERATIONS } from './stored-operations.ts';
import { readAll } from './table-reader.ts';

/** The whole system under a world that flows by stretches: databases, two hosts that show the same world, one indexer. */
export interface Stage extends AsyncDisposable {
  readonly databases: Databases;
  /** The second one is unavailable until an act changes that. */
  readonly hosts: readonly [JetstreamServer, JetstreamServer];
  readonly truth: GroundTruth;
  /** Events in a stretch. */
  readonly stretch: number;
  /** The indexer that runs now. */
  indexer(): IndexerProcess;
  startIndexer(variables?: Readonly<Record<string, string>>): IndexerProcess;
  /** Lets the next stretch happen, and resolves when its last commit stands in its table: other tables may be behind, which suits a kill. */
  flow(): Promise<void>;
  /** Resolves when the indexer has saved that everything up to this host's last event is written, so in all tables. */
  caughtUp(host: JetstreamServer): Promise<void>;
  /** A whole number in [0, below), determined by the seed. */
  random(below: number): number;
}

export interface StageOptions {
  /** The stage ends them when it ends. */
  readonly databases: Databases;
  readonly world: World;
  readonly folder: string;
  readonly stretch: number;
  random(below: number): number;
}

interface SavedProgress {
  /** The host whose sequence number `cursor` is. */
  readonly host?: string;
  readonly cursor?: number;
}

export const REDIS_PREFIX = 'verify';

const SLICES = 12;
const SLICE_MS = 25;
const CAUGHT_UP_WITHIN_MS = 120_000;

export async function startStage({ databases, world, folder, stretch, random }: StageOptions): Promise<Stage> {
  const hosts = [
    await startJetstream({ slowReaderMs: 20_000 }),
    await startJetstream({ host: SECOND_HOST, weather: { unavailable: true } }),
  ] as const;
  const truth = createGroundTruth();
  const source = world.events();
  const startMs = world.options.nowMicros / 1_000 - world.options.historyHours * 3_600_000;
  const base = { ...indexerVariables(databases, hosts, REDIS_PREFIX, startMs - 60_000), ...SMALL_BATCHES };
  let indexer: IndexerProcess | undefined;
  const startNext = (variables: Readonly<Record<string, string>> = {}) => {
    indexer = startIndexer({ ...base, ...variables }, join(folder, 'indexer.log'));
    return indexer;
  };
  const flow = async () => {
    let last = nextEvent();
    for (let slice = 0; slice < SLICES; slice++) {
      for (let i = 0; i < stretch / SLICES; i++) last = nextEvent();
      await delay(SLICE_MS);
    }
    while (last.is !== 'commit') last = nextEvent();
    for (const host of hosts) host.settle();
    const { did, collection, rkey } = last;
    const expected = truth.records.get(`at://${did}/${collection}/${rkey}`)?.version ?? 0n;
    const sql = `SELECT max(version) AS version FROM ${STORED_OPERATIONS} WHERE repo = '${did}' AND collection = '${collection}' AND rkey = '${rkey}'`;
    await until(`the indexer to catch up (see ${folder})`, async () => {
      const [row] = await readAll(databases.clickhouse.url, sql);
      return BigInt((row?.version as string | undefined) ?? 0) >= expected;
    });
  };
  const nextEvent = () => {
    const event = source.next().value;
    for (const host of hosts) host.append(event);
    return truth.add(eventLine(event), event.nth);
  };
  return {
    databases,
    hosts,
    truth,
    stretch,
    indexer: () => indexer ?? startNext(),
    startIndexer: startNext,
    flow,
    caughtUp: (host) => untilSaved(databases, REDIS_PREFIX, host, folder),
    random,
    async [Symbol.asyncDispose]() {
      if (indexer?.running) await indexer.kill();
      await Promise.all(hosts.map((host) => host.close()));
      await databases[Symbol.asyncDispose]();
    },
  };
}

/** Small batches, saved often, so that kills meet every place of the pipeline. */
const SMALL_BATCHES = { BATCH_MAX_ROWS: '2000', FLUSH_INTERVAL: '150ms', IDLE_TIMEOUT: '2s', LOG_LEVEL: 'info' };

/** Resolves when the indexer has saved that everything up to this host's last event is written. */
export async function untilSaved(
  databases: Databases,
  redisPrefix: string,
  host: JetstreamServer,
  folder: string,
): Promise<void> {
  await until(`the indexer to have saved the end of ${host.url} (see ${folder})`, async () => {
    const progress = JSON.parse((await databases.readRedis(`${redisPrefix}:progress`)) ?? '{}') as SavedProgress;
    return progress.host === host.url && (progress.cursor ?? 0) >= host.log.nextSeq - 1;
  });
}

/** Polls until the test holds; errors while something is down count as no. */
export async function until(what: string, test: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + CAUGHT_UP_WITHIN_MS;
  while (Date.now() < deadline) {
    if (await test().catch(() => false)) return;
    await delay(50);
  }
  throw new Error(`waited too long for ${what}`);
}
