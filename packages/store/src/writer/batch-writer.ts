import type { ClickHouse } from '../clickhouse/types.ts';
import type { StoreLog } from '../log.ts';
import type { WritableBlock } from '../row-binary/block.ts';
import { actorStatus } from '../tables/actor-status.ts';
import { createHiddenActors, type HiddenActors } from '../tables/hidden-actors.ts';
import { type BlockOutcome, createBlockWriter } from './block-writer.ts';
import { type BatchWriterHooks, retrying } from './retry.ts';

export type { BatchWriterHooks } from './retry.ts';

/** Delays between tries; such as @updraft/service's backoff(). */
export interface Backoff {
  /** Milliseconds to wait before the next try. */
  next(): number;
  reset(): void;
}

export interface BatchWriterOptions {
  clickhouse: ClickHouse;
  log: StoreLog;
  metrics?: BatchWriterHooks;
  /** Makes the delays of one block's tries: each block has its own. */
  backoff: () => Backoff;
}

export interface WriteReport {
  /** Rows acknowledged, over all tables. */
  rowsWritten: number;
  /** Rows set aside in rejected_events. */
  rowsSetAside: number;
  durationMs: number;
}

export interface BatchWriter {
  /**
   * Writes the blocks, all tables in parallel, and resolves only when every row is acknowledged or set aside in rejected_events.
   * Retries for ever. Rejects with the signal's reason when it aborts: then what was written is unknown, and the cursor must stay.
   * The blocks must not be appended to or cleared until it is settled.
   */
  write(blocks: readonly WritableBlock[], signal: AbortSignal): Promise<WriteReport>;
}

export function createBatchWriter(options: BatchWriterOptions): BatchWriter {
  const { clickhouse, log, metrics = {}, backoff } = options;
  const hidden = createHiddenActors({ clickhouse, log });
  const writeBlock = createBlockWriter({ clickhouse, log, metrics, backoff });

  const writeOne = async (
    block: WritableBlock,
    othersTook: () => boolean,
    signal: AbortSignal,
  ): Promise<BlockOutcome> => {
    const started = performance.now();
    const outcome = await writeBlock(block, othersTook, signal);
    if (block.table.name === actorStatus.name) await showStatus(hidden, options, signal);
    metrics.onWritten?.(block.table.name, outcome.rowsWritten, performance.now() - started);
    return outcome;
  };

  return {
    write: async (blocks, signal) => {
      signal.throwIfAborted();
      const report: WriteReport = { rowsWritten: 0, rowsSetAside: 0, durationMs: 0 };
      const started = performance.now();
      const writing = blocks
        .filter((block) => block.rows > 0)
        .map(async (block) => {
          const outcome = await writeOne(block, () => report.rowsWritten > 0, signal);
          report.rowsWritten += outcome.rowsWritten;
          report.rowsSetAside += outcome.rowsSetAside;
        });
      // All are settled before this is: the caller reuses the blocks' memory.
      for (const settled of await Promise.allSettled(writing)) if (settled.status === 'rejected') throw settled.reason;
      return { ...report, durationMs: performance.now() - started };
    },
  };
}

/** An account's change of status counts as written when the readers' dictionary knows of it. */
function showStatus(
  hidden: HiddenActors,
  { metrics = {}, backoff, log }: BatchWriterOptions,
  signal: AbortSignal,
): Promise<void> {
  return retrying({ table: 'hidden_recent', log, metrics, backoff: backoff(), signal, isFinal: () => false }, () =>
    hidden.refresh({ signal }),
  );
}
