import { filledBlocks, sinceMicros } from '@updraft/ingest';
import { backoff, type Logger } from '@updraft/service';
import type { BatchWriter, CursorStore, ErasedAccounts, IngestGapRow } from '@updraft/store';
import type { AskServer } from '../accounts/ask-server.ts';
import { createQuestions, type Questions } from '../accounts/questions.ts';
import { type BatchQueue, createBatchQueue } from '../batch/batch-queue.ts';
import type { IndexerConfig } from '../config.ts';
import { createPlace } from '../cursor/place.ts';
import type { IntakeCounts } from '../intake/intake.ts';
import { createJetstreamSource } from '../source/jetstream.ts';
import { connectionEvents } from '../watch/connection-events.ts';
import type { IndexerMetrics } from '../watch/metrics.ts';
import { type IndexerStatus, startReports } from '../watch/status.ts';
import type { WriteCounts } from '../write/write.ts';
import type { Hooks } from './hooks.ts';
import { runPipeline } from './pipeline.ts';

export interface IndexerDeps {
  readonly config: Pick<IndexerConfig, 'hosts' | 'limits' | 'since' | 'idleTimeoutMs'>;
  readonly writer: BatchWriter;
  readonly cursor: Pick<CursorStore, 'load' | 'save'>;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  /** Asks an account's own server; absent: nobody is asked. */
  readonly ask?: AskServer | undefined;
  readonly status: IndexerStatus;
  readonly metrics: IndexerMetrics;
  readonly hooks?: Hooks | undefined;
  readonly log: Logger;
}

/** How long the socket may stay paused: one slow write's time. Servers cut a reader at 5 s. */
const MAX_PAUSE_MS = 3_000;
const RECONNECT_BACKOFF = { minMs: 250, maxMs: 30_000 };

/**
 * Reads the stream into ClickHouse until the signal aborts; then writes what it has, saves the cursor and resolves.
 * @throws UnwrittenError when the last writes don't succeed in time.
 */
export async function runIndexer(deps: IndexerDeps, signal: AbortSignal): Promise<void> {
  const { config, log } = deps;
  const saved = await deps.cursor.load();
  const startMicros = config.since && sinceMicros(config.since, Date.now());
  const place = createPlace({ saved, startMicros, now: () => new Date() });
  const queue = createBatchQueue({ ...config.limits, progress: () => place.progress() });
  deps.metrics.watchQueue(queue.byteLength);
  log.info(
    saved === undefined ? { since: config.since ?? 'now' } : { host: saved.host, lastSeq: saved.lastSeq },
    'starting',
  );
  const source = createJetstreamSource({
    hosts: config.hosts,
    lastHost: saved?.host,
    place,
    eventCounts: deps.metrics.events,
    idleTimeoutMs: config.idleTimeoutMs,
    maxPauseMs: MAX_PAUSE_MS,
    backoff: backoff(RECONNECT_BACKOFF),
    events: connectionEvents({ ...deps, gap: (row) => takeGap(queue, row) }),
  });
  const stopReports = startReports(deps.metrics, queue, log);
  const questions = questionsOf(deps);
  const over = new AbortController();
  const asking = questions?.run(over.signal);
  try {
    await runPipeline(
      {
        ...deps,
        source,
        queue,
        observe: place.observe,
        intakeCounts: intakeCounts(deps, questions),
        writeCounts: writeCounts(deps),
      },
      signal,
    );
  } finally {
    over.abort();
    await asking;
    stopReports();
  }
}

function questionsOf({ ask, metrics, writer, erased, log }: IndexerDeps): Questions | undefined {
  const counts = { doubt: metrics.accountDoubt, answer: metrics.accountAnswer };
  return ask && createQuestions({ ask, writer, erased, counts, log });
}

function intakeCounts({ metrics, log }: IndexerDeps, questions: Questions | undefined): IntakeCounts {
  return {
    event: (event) => {
      metrics.events.add(event);
      questions?.observe(event);
    },
    rejected: metrics.rejected,
    unusable: metrics.unusable,
    erased: metrics.erased,
    gap: (row) => {
      metrics.gap();
      log.warn({ host: row.host, from: isoTime(row.fromTime), to: isoTime(row.toTime) }, `possible gap: ${row.detail}`);
    },
  };
}

/** A gap that no event shows. Before anything that comes later, so that no cursor passes it by. */
function takeGap(queue: BatchQueue, row: IngestGapRow): void {
  queue.current().ingestGaps.append(row);
  queue.added();
}

function writeCounts({ metrics, status, log }: IndexerDeps): WriteCounts {
  return {
    batch: (batch, durationMs) => {
      status.active();
      metrics.batch(
        filledBlocks(batch).reduce((rows, block) => rows + block.rows, 0),
        durationMs,
      );
    },
    saved: (progress) => log.debug({ lastSeq: progress.lastSeq, cursor: progress.cursor }, 'cursor saved'),
    saveFailed: (err) => {
      metrics.cursorSaveFailed();
      log.warn({ err }, 'the cursor could not be saved; the next batch tries again');
    },
  };
}

function isoTime(micros: number): string {
  return new Date(micros / 1000).toISOString();
}
