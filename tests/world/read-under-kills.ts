import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JetstreamServer } from '@updraft/simulator';
import type { Databases } from './databases.ts';
import { createDice } from './dice.ts';
import { type IndexerProcess, indexerVariables, startIndexer } from './indexer-process.ts';
import { peakRssMb } from './process-figures.ts';
import type { SinceOptions } from './since.ts';

/** Where an indexer with SINCE=7d reads: an archive, and then the stream of the same host. */
export interface Reading {
  readonly host: JetstreamServer;
  readonly databases: Databases;
  readonly folder: string;
  /** Lets come what the host does not have yet, up to this share of it. */
  appendMore(share: number): Promise<void>;
}

export interface ReadingFigures {
  readonly kills: number;
  /** Of them, those while the archive was read; the others came in the live stream. */
  readonly killsInArchive: number;
  /** From the first start to the last event's acknowledgement, restarts included. */
  readonly eventsPerSecond: number;
  /** Of the indexer, at its peak. */
  readonly rssMb: number;
}

const POLL_MS = 100;
/** In as many pieces the rest of the events comes, each when as much of the whole is written. */
const PIECES = 20;

/** Runs indexers until one of them has saved the last event; each but the last is killed. */
export async function readUnderKills(options: SinceOptions, reading: Reading): Promise<ReadingFigures> {
  const { events, onProgress } = options;
  const killAt = killsOf(options);
  const run = createRun(events, reading);
  const isStuck = createWatch();
  const startedAt = performance.now();
  let [kills, killsInArchive] = [0, 0];
  try {
    for (let done = 0; done < events; await delay(POLL_MS)) {
      run.look();
      const place = await savedPlace(reading.databases);
      done = place.seq;
      if (isStuck(done)) throw new Error(`nothing more is written; see ${reading.folder}`);
      await reading.appendMore(Math.min(1, Math.floor((done / events) * PIECES + 1) / PIECES));
      if (done < (killAt[kills] ?? Number.POSITIVE_INFINITY)) continue;
      await run.killAndStart();
      kills += 1;
      killsInArchive += place.isOfArchive ? 1 : 0;
      onProgress(
        `${done} events: kill ${kills} of ${killAt.length}, in the ${place.isOfArchive ? 'archive' : 'stream'}`,
      );
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    onProgress(`${events} events are written after ${seconds.toFixed(1)} s`);
    await run.indexer().stop();
    return { kills, killsInArchive, rssMb: run.rssMb(), eventsPerSecond: Math.round(events / seconds) };
  } finally {
    if (run.indexer().running) await run.indexer().kill();
  }
}

/** At how many events it is killed: at a moment of each equal part of the way, as the seed determines. */
function killsOf({ seed, events, kills }: SinceOptions): number[] {
  const dice = createDice(seed);
  return Array.from({ length: kills }, (_, nth) => Math.floor(((nth + dice(1_000) / 1_000) / kills) * events));
}

function createRun(events: number, { host, databases, folder }: Reading) {
  const variables = {
    ...indexerVariables(databases, [], REDIS_PREFIX, 0),
    WS_URL: host.v2Url,
    SINCE: '7d',
    ARCHIVE_FOLDER: join(folder, 'segments'),
    LEASE_TTL: '1s',
    BATCH_MAX_ROWS: String(Math.min(50_000, Math.ceil(events / 12))), // the default, or less, so that a short run too has many batches
  };
  const start = (): IndexerProcess => startIndexer(variables, join(folder, 'indexer.log'));
  let [indexer, rssMb] = [start(), 0];
  return {
    indexer: () => indexer,
    rssMb: () => rssMb,
    /** Notes its memory. @throws when it has ended by itself. */
    look() {
      if (!indexer.running) throw new Error(`the indexer ended by itself; see ${folder}`);
      rssMb = Math.max(rssMb, peakRssMb(indexer.pid));
    },
    async killAndStart() {
      await indexer.kill();
      indexer = start();
    },
  };
}

const REDIS_PREFIX = 'since';

/** The last event that is written, and whether it came out of the archive. */
async function savedPlace({ readRedis }: Databases): Promise<{ readonly seq: number; readonly isOfArchive: boolean }> {
  const text = (await readRedis(`${REDIS_PREFIX}:progress`)) ?? '{}';
  const { host = '', cursor = 0 } = JSON.parse(text) as { readonly host?: string; readonly cursor?: number };
  return { seq: cursor, isOfArchive: host.startsWith('archive:') };
}

const STUCK_AFTER_MS = 180_000;

/** Tells when a number has not grown for long. */
function createWatch(): (done: number) => boolean {
  let [highest, grownAt] = [-1, 0];
  return (done) => {
    if (done > highest) [highest, grownAt] = [done, performance.now()];
    return performance.now() - grownAt > STUCK_AFTER_MS;
  };
}
