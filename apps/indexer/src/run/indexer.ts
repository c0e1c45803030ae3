import { filledBlocks, sinceMicros } from '@updraft/ingest';
import { backoff, type Logger } from '@updraft/service';
import type { BatchWriter, CursorStore, ErasedAccounts, IngestGapRow, Progress } from '@updraft/store';
import type { AskServer } from '../accounts/ask-server.ts';
import { createQuestions, type Questions } from '../accounts/questions.ts';
import { readPast } from '../archive/past.ts';
import { type BatchQueue, createBatchQueue } from '../batch/batch-queue.ts';
import type { IndexerConfig } from '../config.ts';
import { createStreamPosition, type StreamPosition } from '../cursor/stream-position.ts';
import { collectionLabel } from '../intake/event-counts.ts';
import type { IntakeCounts } from '../intake/intake.ts';
import { COMPARE_TIMING } from '../source/compare-hosts.ts';
import { createJetstreamSource } from '../source/jetstream.ts';
import type { Source } from '../source/source.ts';
import { connectionEvents } from '../watch/connection-events.ts';
import type { IndexerMetrics } from '../watch/metrics.ts';
import { type IndexerStatus, startReports } from '../watch/status.ts';
import type { WriteCounts } from '../write/write.ts';
import type { Hooks } from './hooks.ts';
import { runPipeline } from './pipeline.ts';

export interface IndexerDeps {
  readonly config: Pick<
    IndexerConfig,
    'hosts' | 'archive' | 'redis' | 'limits' | 'since' | 'idleTimeoutMs' | 'compareEveryMs'
  >;
  readonly writer: BatchWriter;
  readonly cursor: Pick<CursorStore, 'load' | 'save'>;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  /** Asks an account's own server; absent: none is asked. */
  readonly ask?: AskServer | undefined;
  /** Brings what the stream does not, beside it, until the signal aborts; absent: nothing does. Never rejects. */
  readonly beside?: ((queue: Pick<BatchQueue, 'byteLength'>, signal: AbortSignal) => Promise<void>) | undefined;
  readonly status: IndexerStatus;
  readonly metrics: IndexerMetrics;
  readonly hooks?: Hooks | undefined;
  readonly log: Logger;
}

/**
 * Reads a new store's past out of the archive, then the stream, into ClickHouse until the signal aborts; then writes what it has, saves the cursor and resolves.
 * @throws UnwrittenError when the last writes don't succeed in time.
 */
export async function runIndexer(deps: IndexerDeps, signal: AbortSignal): Promise<void> {
  const counts = { intakeCounts: intakeCounts(deps, undefined), writeCounts: writeCounts(deps) };
  const saved = await readPast({ ...deps, ...counts }, signal);
  if (!signal.aborted) await readLive(deps, saved, signal);
}

async function readLive(deps: IndexerDeps, saved: Progress | undefined, signal: AbortSignal): Promise<void> {
  const { config, metrics, log } = deps;
  const startMicros = config.since && sinceMicros(config.since, Date.now());
  const position = createStreamPosition({ saved, startMicros, now: () => new Date() });
  const queue = createBatchQueue({ ...config.limits, progress: position.progress });
  metrics.watchQueue(queue.byteLength);
  log.info(saved ? { host: saved.host, lastSeq: saved.lastSeq } : { since: config.since ?? 'now' }, 'starting');
  const source = createSource(deps, saved, position, queue);
  const stopReports = startReports(metrics, queue, log);
  const questions = createQuestionsOf(deps);
  const over = new AbortController();
  const asking = questions?.run(over.signal);
  const others = deps.beside?.(queue, over.signal);
  const counts = { intakeCounts: intakeCounts(deps, questions), writeCounts: writeCounts(deps) };
  try {
    await runPipeline({ ...deps, source, queue, observe: position.observe, ...counts }, signal);
  } finally {
    over.abort();
    await asking;
    await others;
    stopReports();
  }
}

/** How long the socket may stay paused: the time of one slow write. Servers cut a reader at 5 s. */
const MAX_PAUSE_MS = 3_000;
const RECONNECT_BACKOFF = { minMs: 250, maxMs: 30_000 };

function createSource(
  deps: IndexerDeps,
  saved: Progress | undefined,
  position: StreamPosition,
  queue: BatchQueue,
): Source {
  const { hosts, idleTimeoutMs, compareEveryMs } = deps.config;
  return createJetstreamSource({
    hosts,
    lastHost: saved?.host,
    position,
    eventCounts: deps.metrics.events,
    idleTimeoutMs,
    maxPauseMs: MAX_PAUSE_MS,
    backoff: backoff(RECONNECT_BACKOFF),
    compareTiming: { ...COMPARE_TIMING, everyMs: compareEveryMs },
    events: connectionEvents(deps, (row) => writeGap(queue, row)),
  });
}

/** A gap that no event shows is in the batch before anything that comes later, so that no cursor passes it by. */
function writeGap(queue: BatchQueue, row: IngestGapRow): void {
  queue.current().ingestGaps.append(row);
  queue.added();
}

function createQuestionsOf({ ask, metrics, writer, erased, log }: IndexerDeps): Questions | undefined {
  const counts = {
    doubt: (reason: string) => metrics.doubts.inc({ reason }),
    answer: (outcome: string) => metrics.answers.inc({ outcome }),
  };
  return ask && createQuestions({ ask, writer, erased, counts, log });
}

function intakeCounts({ metrics, log }: IndexerDeps, questions: Questions | undefined): IntakeCounts {
  return {
    event: (event) => {
      metrics.events.add(event);
      questions?.observe(event);
    },
    rejected: (reason) => metrics.rejected.inc({ reason }),
    unusable: (collection) => metrics.unusable.inc({ collection: collectionLabel(collection) }),
    erased: () => metrics.erased.inc(),
    gap: (row) => {
      metrics.gaps.inc();
      log.warn({ host: row.host, from: isoTime(row.fromTime), to: isoTime(row.toTime) }, `possible gap: ${row.detail}`);
    },
  };
}

function writeCounts({ metrics, status, log }: IndexerDeps): WriteCounts {
  let isSaved = true;
  return {
    batch: (batch, durationMs) => {
      status.active();
      metrics.batches.inc();
      metrics.batchRows.observe(filledBlocks(batch).reduce((rows, block) => rows + block.rows, 0));
      metrics.batchSeconds.observe(durationMs / 1000);
    },
    saved: (progress) => {
      isSaved = true;
      log.debug({ lastSeq: progress.lastSeq, cursor: progress.cursor }, 'cursor saved');
    },
    saveFailed: (err) => {
      metrics.saveFailures.inc();
      if (isSaved) log.warn({ err }, 'the cursor could not be saved, and is tried again');
      isSaved = false;
    },
  };
}

function isoTime(micros: number): string {
  return new Date(micros / 1000).toISOString();
}
