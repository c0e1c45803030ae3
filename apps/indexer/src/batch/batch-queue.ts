/*
 * batch: gathers rows, a block for each table.
 * In: rows. Out: batches, in order, each with the cursor that stands behind it.
 * Keeps: the queue is bounded in bytes.
 */

import { type Batch, batchBytes, clearBatch, createBatch } from '@updraft/ingest';
import type { Progress } from '@updraft/store';

export interface BatchLimits {
  /** Events of a batch; each makes at most one row a table. */
  readonly maxRows: number;
  readonly maxBytes: number;
  /** Age at which a batch goes, however small, when the writer is free. */
  readonly flushIntervalMs: number;
  /** All batches together: the one that fills, those that wait and the one that is written. */
  readonly queueMaxBytes: number;
}

/** A batch on its way from the stream to the writer. */
export interface QueuedBatch extends Batch {
  /** Frames that were taken into it, also those without a row. */
  events: number;
  /** When its first frame came, and when it was cut, in milliseconds since 1970. */
  receivedAtMs: number;
  cutAtMs: number;
  /** What to save when it is written; undefined: the saved progress stays. */
  progress: Progress | undefined;
}

export interface BatchQueueOptions extends BatchLimits {
  /** What to save when everything taken in so far is written. */
  progress(): Progress | undefined;
}

/** Batches between the stream and the writer: one fills, the others wait their turn in order. */
export interface BatchQueue {
  /** The batch that fills now. Only to be appended to at once, not kept. */
  current(): QueuedBatch;
  /** An event's rows are appended to the current batch: cuts it when it is full. */
  added(): void;
  /** Whether the bound is reached: no more events should come until hasRoom(). A few more do no harm. */
  isFull(): boolean;
  /** Resolves when there is room again; rejects with the signal's reason. */
  hasRoom(signal: AbortSignal): Promise<void>;
  /** The next batch to write, in order; undefined when the queue is closed and empty. One at a time: done() before the next. */
  next(): Promise<QueuedBatch | undefined>;
  /** The batch that next() gave is written, or given up. */
  done(): void;
  /** Cuts the current batch and ends: next() gives what is left, then undefined. */
  close(): void;
  /** Bytes of rows in memory. */
  byteLength(): number;
}

/** Batches whose memory is kept for reuse. */
const SPARE_BATCHES = 2;
/** Below this share of the bound there is room again: so that the source doesn't stop and go with each event. */
const ROOM_SHARE = 0.85;

export function createBatchQueue(options: BatchQueueOptions): BatchQueue {
  const { maxRows, maxBytes, flushIntervalMs, queueMaxBytes } = options;
  const spare: QueuedBatch[] = [];
  const waiting: QueuedBatch[] = [];
  let filling = createQueuedBatch();
  let writing: QueuedBatch | undefined;
  /** Bytes of what waits and what is written: those don't change any more. */
  let sealedBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  /** The filling batch is old enough: it goes as soon as the writer is free. Until then it grows, so that an outage makes no crumbs. */
  let due = false;
  let closed = false;
  /** Set while the writer waits. */
  let wakeWriter: (() => void) | undefined;
  const wakeSource = new Set<() => void>();

  const cut = (): void => {
    clearTimeout(timer);
    timer = undefined;
    due = false;
    if (filling.events === 0) return;
    filling.cutAtMs = Date.now();
    filling.progress = options.progress();
    sealedBytes += batchBytes(filling);
    waiting.push(filling);
    filling = spare.pop() ?? createQueuedBatch();
    wakeWriter?.();
  };
  const age = (): void => {
    due = true;
    if (wakeWriter !== undefined) cut();
  };
  /** The tables whose rows may be large; a profile's is smaller than the record beside it. */
  const fillingBytes = (): number =>
    filling.recordRows.byteLength + filling.postRows.byteLength + filling.rejectedEvents.byteLength;
  const byteLength = (): number => sealedBytes + batchBytes(filling);

  return {
    current: () => filling,
    added: () => {
      filling.events += 1;
      if (filling.events === 1) filling.receivedAtMs = Date.now();
      if (filling.events >= maxRows || fillingBytes() >= maxBytes) cut();
      else timer ??= setTimeout(age, flushIntervalMs);
    },
    isFull: () => sealedBytes + fillingBytes() >= queueMaxBytes,
    hasRoom: (signal) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          if (!signal.aborted && byteLength() > queueMaxBytes * ROOM_SHARE) return;
          wakeSource.delete(settle);
          signal.removeEventListener('abort', settle);
          if (signal.aborted) reject(signal.reason);
          else resolve();
        };
        wakeSource.add(settle);
        signal.addEventListener('abort', settle);
        settle();
      }),
    next: async () => {
      if (waiting.length === 0 && due) cut();
      // Woken by a cut or by the close; both leave a batch, or nothing that will ever come.
      if (waiting.length === 0 && !closed) {
        await new Promise<void>((resolve) => {
          wakeWriter = resolve;
        });
        wakeWriter = undefined;
      }
      writing = waiting.shift();
      return writing;
    },
    done: () => {
      if (writing === undefined) return;
      const bytes = batchBytes(writing);
      sealedBytes -= bytes;
      clearBatch(writing);
      writing.events = 0;
      writing.progress = undefined;
      // One swollen by huge records is left to the garbage collector.
      if (spare.length < SPARE_BATCHES && bytes <= maxBytes) spare.push(writing);
      writing = undefined;
      for (const wake of wakeSource) wake();
    },
    close: () => {
      cut();
      closed = true;
      wakeWriter?.();
    },
    byteLength,
  };
}

function createQueuedBatch(): QueuedBatch {
  return { ...createBatch(), events: 0, receivedAtMs: 0, cutAtMs: 0, progress: undefined };
}
