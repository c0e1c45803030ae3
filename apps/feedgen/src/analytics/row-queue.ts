import { pause } from '@updraft/service';
import { type BatchWriter, type Block, createBlock, type Table } from '@updraft/store';
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
  writer: BatchWriter;
  metrics: Pick<FeedgenMetrics, 'rowsDropped'>;
  onError: (error: unknown) => void;
}

const INTERVAL_MS = 2_000;
const MAX_ROWS = 50_000;
/** Callers choose how long some texts are, up to 5 KB a row. */
const MAX_BYTES = 64 * 1024 * 1024;
const LAST_WRITE_MS = 3_000;

export function createRowQueue<Row extends object>(options: RowQueueOptions<Row>): RowQueue<Row> {
  const { table, writer, metrics, onError } = options;
  let filling = createBlock(table);
  let spare = createBlock(table);
  let underWay = { rows: 0, bytes: 0 };
  const isFull = () => filling.rows + underWay.rows >= MAX_ROWS || filling.byteLength + underWay.bytes >= MAX_BYTES;

  async function flush(signal: AbortSignal): Promise<void> {
    if (filling.rows === 0) return;
    const block: Block<Row> = filling;
    [filling, spare] = [spare, block];
    underWay = { rows: block.rows, bytes: block.byteLength };
    try {
      await writer.write([block], signal);
    } finally {
      underWay = { rows: 0, bytes: 0 };
      block.clear();
    }
  }

  return {
    push: (row) => {
      if (isFull()) metrics.rowsDropped.inc({ table: table.name });
      else filling.append(row);
    },
    waiting: () => filling.rows + underWay.rows,
    run: async (signal) => {
      const lastMoment = abortedAfter(signal, LAST_WRITE_MS);
      while (!signal.aborted) {
        await pause(INTERVAL_MS, signal);
        await flush(lastMoment).catch(onError);
      }
      await flush(lastMoment).catch(onError);
    },
  };
}

/** Aborts `ms` after `signal` does, so that a write under way has that time to end. */
function abortedAfter(signal: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => late.abort(signal.reason), ms).unref(), { once: true });
  return late.signal;
}
