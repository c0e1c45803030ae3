import type { ParsedEvent } from '@updraft/jetstream';
import type { ErasedAccounts, WritableBlock } from '@updraft/store';
import { batchBytes, clearBatch, createBatch, filledBlocks } from './batch.ts';
import { takeEvent, takeRejected } from './take.ts';

/** Events in, acknowledged rows out: for everything that reads events besides the live stream. */
export interface EventWriter {
  /** Puts the event's rows into the batch. `text` is the event as it came. Not while flush() is under way. */
  take(parsed: ParsedEvent, text: string): void;
  /** Whether the batch should be written before the next event is taken. */
  isFull(): boolean;
  /** Resolves when the rows of all events taken are acknowledged: only then may a progress be saved. */
  flush(): Promise<void>;
  counts(): EventWriterCounts;
}

export interface EventWriterCounts {
  /** All that were taken. */
  readonly events: number;
  /** Of them, those that stand in rejected_events, or of erased accounts, of which nothing is written. */
  readonly rejected: number;
  readonly erased: number;
}

export interface EventWriterOptions {
  /** Resolves when ClickHouse has acknowledged every row: write() of the store's BatchWriter. */
  write(blocks: readonly WritableBlock[]): Promise<unknown>;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  /** Of the rows that are written at once. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 8 * 1024 * 1024;

export function createEventWriter({ write, erased, maxBytes = MAX_BYTES }: EventWriterOptions): EventWriter {
  const batch = createBatch();
  const counts = { events: 0, rejected: 0, erased: 0 };
  return {
    take: (parsed, text) => {
      counts.events += 1;
      if (erased.has(parsed.ok ? parsed.event.did : parsed.did)) counts.erased += 1;
      else if (!parsed.ok) {
        takeRejected(parsed, text, batch);
        counts.rejected += 1;
      } else {
        const outcome = takeEvent(parsed.event, text, batch);
        if (outcome !== 'written' && outcome !== 'unusable') counts.rejected += 1;
      }
    },
    isFull: () => batchBytes(batch) >= maxBytes,
    flush: async () => {
      const blocks = filledBlocks(batch);
      if (blocks.length === 0) return;
      await write(blocks);
      clearBatch(batch);
    },
    counts: () => ({ ...counts }),
  };
}
