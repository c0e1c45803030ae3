import { type Batch, batchBytes, clearBatch, createBatch } from '@updraft/ingest';
import type { Progress } from '@updraft/store';
import type { BatchQueueOptions } from './batch-queue.ts';

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

/** Batches whose memory is kept for reuse. */
const SPARE_BATCHES = 2;

/** The batch that fills now: given to `push` when it has enough events or bytes, or is old and `isAwaited` says that the writer is free. */
export function createFillingBatch(
  { maxEvents, maxBytes, flushIntervalMs, progress }: BatchQueueOptions,
  { isAwaited, push }: { isAwaited(): boolean; push(batch: QueuedBatch): void },
) {
  const spare: QueuedBatch[] = [];
  let batch = createQueuedBatch();
  let timer: NodeJS.Timeout | undefined;
  /** Old enough. It grows until the writer is free, so that an outage doesn't leave many small batches. */
  let isDue = false;
  const cut = (): void => {
    clearTimeout(timer);
    timer = undefined;
    isDue = false;
    if (batch.events === 0) return;
    batch.cutAtMs = Date.now();
    batch.progress = progress();
    push(batch);
    batch = spare.pop() ?? createQueuedBatch();
  };
  const age = (): void => {
    isDue = true;
    if (isAwaited()) cut();
  };
  return {
    current: (): QueuedBatch => batch,
    added: (): void => {
      batch.events += 1;
      if (batch.events === 1) batch.receivedAtMs = Date.now();
      if (batch.events >= maxEvents || largeBytes(batch) >= maxBytes) cut();
      else timer ??= setTimeout(age, flushIntervalMs);
    },
    cut,
    cutIfDue: (): void => void (isDue && cut()),
    /** Keeps the memory of a batch that was written. One that huge records have swollen is left to the garbage collector. */
    reuse: (written: QueuedBatch): void => {
      if (spare.length < SPARE_BATCHES && batchBytes(written) <= maxBytes) spare.push(emptied(written));
    },
  };
}

/** Bytes of the tables whose rows may be large; a profile is smaller than the record beside it. Cheap enough to ask for each event. */
export function largeBytes({ recordRows, postRows, rejectedEvents }: Batch): number {
  return recordRows.byteLength + postRows.byteLength + rejectedEvents.byteLength;
}

function createQueuedBatch(): QueuedBatch {
  return { ...createBatch(), events: 0, receivedAtMs: 0, cutAtMs: 0, progress: undefined };
}

function emptied(batch: QueuedBatch): QueuedBatch {
  clearBatch(batch);
  return Object.assign(batch, { events: 0, progress: undefined });
}
