import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createWorld, isShownByV2, type JetstreamServer, startJetstream, type WorldEvent } from '@updraft/simulator';
import type { Difference } from './compare.ts';
import { compareByShares } from './compare-shares.ts';
import { startDatabases } from './databases.ts';
import { type ReadingFigures, readUnderKills } from './read-under-kills.ts';
import { readAll } from './table-reader.ts';
import { isSound } from './verify.ts';

export interface SinceOptions {
  readonly seed: number;
  /** Of the week. */
  readonly events: number;
  /** How often the indexer is killed on its way. */
  readonly kills: number;
  readonly accounts: number;
  readonly hostile: number;
  readonly onProgress: (line: string) => void;
}

export interface SinceVerdict extends Difference, ReadingFigures {
  readonly events: number;
  /** Suspected, though there are none. */
  readonly gaps: number;
}

/**
 * A new store with SINCE=7d reads a week out of the archive while the week goes on, then the live stream, and is killed on its way; then every
 * table is compared with the world's truth, row for row. Everything runs in a folder of its own, which is removed when all was well.
 */
export async function verifySince(options: SinceOptions): Promise<SinceVerdict> {
  const folder = await mkdtemp(join(tmpdir(), 'updraft-since-'));
  const verdict = await playSince(options, folder);
  if (isSound(verdict)) await rm(folder, { recursive: true, force: true });
  else options.onProgress(`what is left of it is in ${folder}`);
  return verdict;
}

async function playSince(options: SinceOptions, folder: string): Promise<SinceVerdict> {
  const { events, onProgress } = options;
  await using cleanup = new AsyncDisposableStack();
  const databases = cleanup.use(await startDatabases(folder));
  const { clickhouse } = databases;
  const week = weekOf(options);
  const host = cleanup.adopt(await startJetstream({ v2: segmentsFor(events) }), (server) => server.close());
  const append = appender(host, week());
  onProgress(`${events} events: generating and sealing the first of them …`);
  await append(Math.floor(events * SEALED_SHARE));
  await host.archive?.seal();
  const appendMore = (share: number) => append(Math.ceil(events * (SEALED_SHARE + (1 - SEALED_SHARE) * share)));
  const figures = await readUnderKills(options, { host, databases, folder, appendMore });
  const difference = await compareByShares(clickhouse.url, week, events, onProgress);
  const gaps = await readAll(clickhouse.url, 'SELECT detail FROM ingest_gaps FINAL');
  return { events, ...figures, gaps: gaps.length, ...difference };
}

/** What the archive has when the reading begins. The rest comes while it goes on. */
const SEALED_SHARE = 0.8;
/** A week that is still younger than 7 days when it was generated, read and compared. */
const WEEK_HOURS = 7 * 24 - 3;

/** The events of a week that ends now: each call gives the same. */
function weekOf({ seed, events, accounts, hostile }: SinceOptions): () => IteratorObject<WorldEvent> {
  const eventsPerDay = events / (WEEK_HOURS / 24);
  const nowMicros = Date.now() * 1_000;
  const settings = { seed, accounts, hostile, divergence: 0.5, eventsPerDay, historyHours: WEEK_HOURS, nowMicros };
  const world = createWorld(settings);
  return () => world.events().filter(isShownByV2).take(events);
}

/** A short week has small blocks, so that it too has many of them. */
function segmentsFor(events: number) {
  return { rowsPerBlock: Math.min(4_096, Math.max(64, Math.floor(events / 200))), blocksPerSegment: 8 };
}

const AT_ONCE = 20_000;

/** Appends events to the host until it has so many, in pieces that leave other work its turn. */
function appender(host: JetstreamServer, source: Iterator<WorldEvent, unknown>): (upTo: number) => Promise<void> {
  let count = 0;
  return async (upTo) => {
    while (count < upTo) {
      for (const end = Math.min(upTo, count + AT_ONCE); count < end; count++)
        host.append((source.next() as IteratorYieldResult<WorldEvent>).value);
      host.settle();
      await host.archive?.settled();
      await delay(0);
    }
  };
}
