import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createGroundTruth,
  eventLine,
  type GroundTruth,
  isShownByV2,
  type JetstreamServer,
  SECOND_HOST,
  startJetstream,
  type World,
} from '@updraft/simulator';
import { until as untilTrue } from '../until.ts';
import type { Databases } from './databases.ts';
import { type IndexerProcess, indexerVariables, startIndexer } from './indexer-process.ts';
import { createServerTruth, type ServerTruth } from './server-truth.ts';
import { STORED_OPERATIONS } from './stored-operations.ts';
import { readAll } from './table-reader.ts';

/** The whole system under a world that flows by stretches: databases, two hosts that show the same world, one indexer. */
export interface Stage extends AsyncDisposable {
  readonly databases: Databases;
  /** The second one is unavailable until an act changes that. */
  readonly hosts: readonly [JetstreamServer, JetstreamServer];
  readonly truth: GroundTruth;
  /** The same as a server of v2 folds it, where one is read. */
  readonly serverTruth: ServerTruth | undefined;
  /** The first host crashes, and numbers its last events anew. */
  setBack(events: number): void;
  /** The times of what was numbered anew: whoever notices it suspects gaps there. */
  readonly setBacks: readonly Stretch[];
  /** Whether repositories go on diverging; they do until an act changes that. */
  diverge(diverges: boolean): void;
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
  /** What the indexer reads the hosts by, if no act changes that; default v1. A host of v2 speaks v1 as well. */
  readonly protocol?: Protocol;
  random(below: number): number;
}

/** In microseconds since 1970. */
export interface Stretch {
  readonly fromMicros: number;
  readonly toMicros: number;
}

export type Protocol = 'v1' | 'v2';

interface SavedProgress {
  /** The host whose sequence number `cursor` is. */
  readonly host?: string;
  readonly cursor?: number;
}

export const REDIS_PREFIX = 'verify';

const SLICES = 12;
const SLICE_MS = 25;

export async function startStage(options: StageOptions): Promise<Stage> {
  const { databases, world, folder, stretch, protocol = 'v1', random } = options;
  const speaks = protocol === 'v2' ? { v2: {} } : {};
  const hosts = [
    await startJetstream({ ...speaks, slowReaderMs: 20_000 }),
    await startJetstream({ ...speaks, host: SECOND_HOST, weather: { unavailable: true } }),
  ] as const;
  const { nextEvent, ...told } = tellHosts(world, hosts, protocol);
  const { truth } = told;
  const startMs = world.options.nowMicros / 1_000 - world.options.historyHours * 3_600_000;
  const base = {
    ...indexerVariables(databases, hosts, REDIS_PREFIX, startMs - 60_000),
    ...SMALL_BATCHES,
    WS_URL: hosts.map((host) => addressOf(host, protocol)).join(','),
  };
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
  return {
    databases,
    hosts,
    ...told,
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

export function addressOf(host: JetstreamServer, protocol: Protocol): string {
  return protocol === 'v2' ? host.v2Url : host.url;
}

/** Gives the world's events to the hosts and the truths. A server of v2 stores, and shows by v1 too, only what can be right. */
function tellHosts(world: World, hosts: Stage['hosts'], protocol: Protocol) {
  const truth = createGroundTruth();
  const serverTruth = protocol === 'v2' ? createServerTruth() : undefined;
  const times: number[] = [];
  const setBacks: Stretch[] = [];
  let diverges = true;
  const source = world.events(() => diverges);
  const isTold = protocol === 'v2' ? isShownByV2 : () => true;
  const nextEvent = () => {
    let event = source.next().value;
    while (!isTold(event)) event = source.next().value;
    for (const host of hosts) host.append(event);
    times.push(event.timeUs);
    const line = eventLine(event);
    serverTruth?.add(line, event.nth);
    return truth.add(line, event.nth);
  };
  const diverge = (does: boolean) => {
    diverges = does;
  };
  const setBack = (events: number) => {
    setBacks.push({ fromMicros: Math.min(...times.slice(-events)), toMicros: Math.max(...times.slice(-events)) });
    hosts[0].crash(events);
  };
  return { truth, serverTruth, diverge, setBack, setBacks, nextEvent };
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
    return [host.url, host.v2Url].includes(progress.host ?? '') && (progress.cursor ?? 0) >= host.log.nextSeq - 1;
  });
}

/** Polls until the test holds; errors while something is down count as no. */
export async function until(what: string, test: () => Promise<boolean>): Promise<void> {
  await untilTrue(() => test().catch(() => false), what);
}
