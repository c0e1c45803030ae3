/*
 * batch: gathers rows, a block for each table.
 * In: rows. Out: batches, in order, each with the cursor to save when it is written.
 * Keeps: the queue is bounded in bytes.
 */

import { batchBytes } from '@updraft/ingest';
import type { Progress } from '@updraft/store';
import { createFillingBatch, largeBytes, type QueuedBatch } from './filling-batch.ts';

export interface BatchLimits {
  /** Each makes at most one row a table. */
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** Age at which a batch goes, however small, when the writer is free. */
  readonly flushIntervalMs: number;
  /** All batches together: the one that fills, those that wait and the one that is written. */
  readonly queueMaxBytes: number;
}

export interface BatchQueueOptions extends BatchLimits {
  /** What to save when everything taken in so far is written. */
  progress(): Progress | undefined;
}

/** Batches between the stream and the writer: one fills, the others wait their turn in order. */
export interface BatchQueue {
  /** The batch that fills now. Append to it at once, and don't keep it. */
  current(): QueuedBatch;
  /** An event's rows were appended to the current batch, which is cut when it is full. */
  added(): void;
  /** Whether the bound is reached: no more events should come until waitForRoom() resolves. A few more do no harm. */
  isFull(): boolean;
  /** Resolves when there is room again; rejects with the signal's reason. */
  waitForRoom(signal: AbortSignal): Promise<void>;
  /** The next batch to write, in order; undefined when the queue is closed and empty. One at a time: done() before the next. */
  next(): Promise<QueuedBatch | undefined>;
  /** The batch that next() gave is written, or given up. */
  done(): void;
  /** Cuts the current batch and ends: next() gives what is left, then undefined. */
  close(): void;
  /** Bytes of rows in memory. */
  byteLength(): number;
}

/** Below this share of the bound there is room again. At the bound itself the source would stop and go with each event. */
const ROOM_SHARE = 0.85;

export function createBatchQueue(options: BatchQueueOptions): BatchQueue {
  const { queueMaxBytes } = options;
  /** Bytes of the batches that wait and of the one that is written: those don't change any more. */
  let cutBytes = 0;
  let writing: QueuedBatch | undefined;
  const waiting = createWaitingBatches();
  const push = (batch: QueuedBatch): void => {
    cutBytes += batchBytes(batch);
    waiting.push(batch);
  };
  const filling = createFillingBatch(options, { isAwaited: waiting.isAwaited, push });
  const byteLength = (): number => cutBytes + batchBytes(filling.current());
  const room = createRoom(() => byteLength() <= queueMaxBytes * ROOM_SHARE);
  return {
    current: filling.current,
    added: filling.added,
    isFull: () => cutBytes + largeBytes(filling.current()) >= queueMaxBytes,
    waitForRoom: room.wait,
    next: async () => {
      if (waiting.isEmpty()) filling.cutIfDue();
      writing = await waiting.next();
      return writing;
    },
    done: () => {
      if (writing === undefined) return;
      cutBytes -= batchBytes(writing);
      filling.reuse(writing);
      writing = undefined;
      room.changed();
    },
    close: () => {
      filling.cut();
      waiting.close();
    },
    byteLength,
  };
}

/** Batches that wait for the writer, or the writer that waits for one. */
function createWaitingBatches() {
  const batches: QueuedBatch[] = [];
  let isClosed = false;
  let wakeWriter: (() => void) | undefined;
  return {
    isEmpty: (): boolean => batches.length === 0,
    isAwaited: (): boolean => wakeWriter !== undefined,
    push: (batch: QueuedBatch): void => {
      batches.push(batch);
      wakeWriter?.();
    },
    next: async (): Promise<QueuedBatch | undefined> => {
      if (batches.length === 0 && !isClosed) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wakeWriter = resolve;
        await promise;
        wakeWriter = undefined;
      }
      return batches.shift();
    },
    close: (): void => {
      isClosed = true;
      wakeWriter?.();
    },
  };
}

/** Those who wait for room, asked again whether there is some after each change. */
function createRoom(isThere: () => boolean) {
  const waiting = new Set<() => void>();
  return {
    wait: (signal: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!signal.aborted && !isThere()) return;
          waiting.delete(look);
          signal.removeEventListener('abort', look);
          if (signal.aborted) reject(signal.reason);
          else resolve();
        };
        waiting.add(look);
        signal.addEventListener('abort', look);
        look();
      }),
    changed: (): void => {
      for (const look of waiting) look();
    },
  };
}
