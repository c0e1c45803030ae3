/*
 * In: a new store's SINCE, and an archive. Out: the past in ClickHouse, and the position from which the live stream goes on.
 * Keeps: until the archive's end is written, the saved progress says that the archive is read, and how far: a restart goes on there. The
 * position at the end has the last events of the archive, so that the live stream shows that it follows without a hole.
 */

import { createBatch, filledBlocks, sinceMicros } from '@updraft/ingest';
import {
  ArchiveFolderError,
  type ArchiveSettings,
  hostName,
  JetstreamError,
  openArchive,
  type RetryOptions,
  seqsOfTime,
} from '@updraft/jetstream';
import { SetupError } from '@updraft/service';
import { hashText, type Progress } from '@updraft/store';
import type { IndexerDeps } from '../run/indexer.ts';
import type { Pipeline } from '../run/pipeline.ts';
import { untilReachable } from '../run/start-up.ts';
import { folderName } from './folder-name.ts';
import { readPasses } from './past-passes.ts';
import { isOfArchive, sourceOf } from './past-progress.ts';

/** Hosts keep 36 hours: what is younger than this comes from the stream itself, without an archive. */
const LIVE_WINDOW_MS = 24 * 3_600_000;

export interface PastDeps extends IndexerDeps, Pick<Pipeline, 'intakeCounts' | 'writeCounts'> {}

const LOST =
  'The stream begins with the oldest that its host still has, about 36 hours ago; what is older is left out, until pnpm backfill reads it';

/**
 * Reads what SINCE asks for, where the store is new or an earlier run has not come to the end of it. Gives the position from which the
 * live stream goes on; undefined for a new store that has nothing of the archive.
 * @throws SetupError when the archive can't be read to its end: the next start goes on where it was.
 */
export async function readPast(deps: PastDeps, signal: AbortSignal): Promise<Progress | undefined> {
  const { config, cursor, log } = deps;
  // the stores answered at the start, and may be away again
  const stores = { name: 'CLICKHOUSE_ADDRESS', log, signal };
  const saved = await untilReachable(stores, cursor.load);
  const begun = saved !== undefined && isOfArchive(saved) ? saved : undefined;
  if (begun === undefined && (saved !== undefined || config.since === undefined)) return saved;
  const fromMicros = begun?.oldestKeptMicros ?? sinceMicros(config.since ?? { agoMs: 0 }, Date.now());
  if (begun === undefined && fromMicros >= (Date.now() - LIVE_WINDOW_MS) * 1000) return undefined;
  if (config.archive === undefined) {
    log.warn(`no host of WS_URL has an archive, and JETSTREAM_ARCHIVE_URL names none. ${LOST}`);
    return begun && inTime(begun);
  }
  try {
    return await readPastOf(deps, config.archive, { begun, fromMicros }, signal);
  } catch (error) {
    if (signal.aborted) return begun;
    if (!(error instanceof JetstreamError)) throw error;
    if (error instanceof ArchiveFolderError || (await untilReachable(stores, cursor.load)) !== undefined)
      throw new SetupError(error.message, { cause: error });
    await leaveOut(deps, { host: hostName(config.archive.address), fromMicros, reason: error.message }, signal);
    return undefined;
  }
}

interface LeftOut {
  readonly host: string;
  readonly fromMicros: number;
  readonly reason: string;
}

/** The past that SINCE asks for is a gap like any other: it alarms, and heals once the archive can be read. */
async function leaveOut(
  { writer, metrics, log }: PastDeps,
  { host, fromMicros, reason }: LeftOut,
  signal: AbortSignal,
): Promise<void> {
  const batch = createBatch();
  batch.ingestGaps.append({
    gapId: hashText(`since\n${host}`),
    host,
    kind: 'possible',
    fromTime: fromMicros,
    toTime: Date.now() * 1000,
    detail: `SINCE asks for this past, and the archive can't be read: ${reason}`,
  });
  await writer.write(filledBlocks(batch), signal);
  metrics.gaps.inc();
  log.error({ archive: host }, `${withStop(reason)} ${LOST}, or the gap heals`);
}

function withStop(sentence: string): string {
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}

interface Begin {
  /** Where an earlier run was. */
  readonly begun: Progress | undefined;
  readonly fromMicros: number;
}

async function readPastOf(
  deps: PastDeps,
  settings: ArchiveSettings,
  { begun, fromMicros }: Begin,
  signal: AbortSignal,
): Promise<Progress | undefined> {
  const { config, cursor, log } = deps;
  const source = hostName(settings.address);
  await using reports = reportArchive(deps, settings.address);
  await using opened = openArchive(settings, { reading: folderName('since', config.redis), retry: reports });
  const known = begun?.cursor !== undefined && sourceOf(begun) === source ? begun.cursor : undefined;
  const afterSeq =
    known === undefined
      ? (await seqsOfTime(opened.archive, { fromMicros }, signal)).afterSeq
      : Math.max(0, known - REWIND_SEQS);
  log.info({ archive: source, afterSeq }, begun === undefined ? 'reading the archive' : 'reading the archive further');
  const end = await readPasses({ ...deps, ...opened, source, afterSeq, fromMicros }, signal);
  if (signal.aborted) return begun;
  if (end === undefined) return begun && inTime(begun);
  await untilReachable({ name: 'CLICKHOUSE_ADDRESS', log, signal }, () => cursor.save(end)); // from here on the store is one of the live stream
  log.info({ archive: source, seq: end.cursor }, 'the archive is read to its end');
  return end;
}

/** An archive that is away is waited for: what SINCE asks for would be missing without it. It counts as no connection, which is an alarm. */
function reportArchive({ status, metrics, log }: PastDeps, host: string): RetryOptions & AsyncDisposable {
  const disconnect = (): void => {
    status.connected(undefined);
    metrics.connected.set({ host }, 0);
  };
  return {
    onAnswer: () => {
      if (status.host() === host) return;
      status.connected(host);
      metrics.connected.set({ host }, 1);
    },
    onRetry: ({ message }, inMs) => {
      disconnect();
      metrics.archiveRetries.inc();
      status.active(inMs);
      log.warn({ archive: host, inMs }, `${message}; trying again. ${WAITS}`);
    },
    [Symbol.asyncDispose]: async () => disconnect(),
  };
}

const WAITS = 'Until then the stream waits, since SINCE asks for the past';

/** Read once more: the end needs the last events of the archive, also where nothing new has come to it. */
const REWIND_SEQS = 8_192;

/** A position that says when, not at which host. */
function inTime({ cursor: _ofArchive, ...progress }: Progress): Progress {
  return { ...progress, host: '' };
}
