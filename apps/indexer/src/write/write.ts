/*
 * write: writes one batch after the other.
 * In: batches. Out: acknowledged rows, and the cursor that may be saved then.
 * Keeps: data before cursor.
 */

import { filledBlocks } from '@updraft/ingest';
import { inSpan } from '@updraft/service';
import type { BatchWriter, CursorStore, Progress } from '@updraft/store';
import type { BatchQueue } from '../batch/batch-queue.ts';
import { traceBatch } from '../batch/batch-trace.ts';
import type { QueuedBatch } from '../batch/filling-batch.ts';
import { createCursorSaver } from '../cursor/cursor-saver.ts';
import type { Hooks } from '../run/hooks.ts';

export interface WriteCounts {
  /** A batch is acknowledged as a whole. */
  batch(batch: QueuedBatch, durationMs: number): void;
  saved(progress: Progress): void;
  saveFailed(error: unknown): void;
}

export interface WriteLoopOptions {
  readonly queue: Pick<BatchQueue, 'next' | 'done'>;
  readonly writer: BatchWriter;
  readonly cursor: Pick<CursorStore, 'save'>;
  readonly counts: WriteCounts;
  /** Tests only: of the cursor saver. */
  readonly againMs?: number | undefined;
  readonly hooks?: Hooks | undefined;
}

/**
 * Writes batch after batch in order, and has the cursor saved behind each. Resolves when the queue is closed and empty, and the last
 * cursor saved. Rejects when `signal` gives a write up: the cursor then stays before it, and nothing is lost.
 */
export async function runWriteLoop(options: WriteLoopOptions, signal: AbortSignal): Promise<void> {
  const { queue, writer, cursor, againMs, counts, hooks } = options;
  using saver = createCursorSaver({
    cursor,
    againMs,
    onSaved: (progress) => {
      counts.saved(progress);
      hooks?.passed('after-redis');
    },
    onFailed: counts.saveFailed,
  });
  const write = async (batch: QueuedBatch): Promise<void> => {
    const startedAt = performance.now();
    hooks?.passed('before-write');
    await inSpan('write', {}, () => writer.write(filledBlocks(batch), signal));
    hooks?.passed('after-write');
    counts.batch(batch, performance.now() - startedAt);
    if (batch.progress !== undefined) saver.offer(batch.progress);
  };
  for (let batch = await queue.next(); batch !== undefined; batch = await queue.next()) {
    const next = batch;
    await traceBatch(next, () => write(next));
    queue.done();
  }
  await Promise.race([saver.settle(), aborted(signal)]);
}

/** Rejects with the signal's reason when it aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
