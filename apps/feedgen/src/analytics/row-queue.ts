import { sleep } from '@updraft/service';
import { type Block, createBlock, type Table, type WritableBlock } from '@updraft/store';
import type { FeedgenMetrics } from '../metrics.ts';

/** Rows on their way to one table: never in a request's way, bounded, written in batches. */
export interface RowQueue<Row> {
  /** Takes a row, or drops and counts it when the queue is full. */
  push(row: Row): void;
  /** Writes until the signal aborts, then what is left, for at most a few seconds. */
  run(signal: AbortSignal): Promise<void>;
  waiting(): number;
}

export interface RowQueueOptions<Row> {
  table: Table<Row>;
  /** Writes blocks and resolves when they are acknowledged, retrying as long as it takes: the batch writer. */
  write: (blocks: readonly WritableBlock[], signal: AbortSignal) => Promise<unknown>;
  metrics: Pick<FeedgenMetrics, 'rowsDropped'>;
  onError: (error: unknown) => void;
  intervalMs?: number;
  maxRows?: number;
  lastWriteMs?: number;
}

export function createRowQueue<Row extends object>(options: RowQueueOptions<Row>): RowQueue<Row> {
  const { table, write, metrics, onError, intervalMs = 2_000, maxRows = 50_000, lastWriteMs = 3_000 } = options;
  let filling = createBlock(table);
  let spare = createBlock(table);
  let underWay = 0;

  async function flush(signal: AbortSignal): Promise<void> {
    if (filling.rows === 0) return;
    const block: Block<Row> = filling;
    [filling, spare] = [spare, block];
    underWay = block.rows;
    try {
      await write([block], signal);
    } finally {
      underWay = 0;
      block.clear();
    }
  }

  return {
    push: (row) => {
      if (filling.rows + underWay >= maxRows) metrics.rowsDropped.inc({ table: table.name });
      else filling.append(row);
    },
    waiting: () => filling.rows + underWay,
    run: async (signal) => {
      const lastMoment = abortedAfter(signal, lastWriteMs);
      while (!signal.aborted) {
        await sleep(intervalMs, signal).catch(() => {}); // aborted: the loop ends
        await flush(lastMoment).catch(onError);
      }
      await flush(lastMoment).catch(onError);
    },
  };
}

/** Aborts `ms` after `signal` did: what is being written then still has that time. */
function abortedAfter(signal: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => late.abort(signal.reason), ms).unref(), { once: true });
  return late.signal;
}
