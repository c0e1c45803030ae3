import type { Backoff } from '@updraft/service';
import type { ClickHouse } from '../clickhouse/types.ts';
import type { StoreLog } from '../log.ts';
import type { WritableBlock } from '../row-binary/block.ts';
import { createFollowUps } from '../tables/follow-ups.ts';
import { writeBlock } from './block-writer.ts';
import { type BatchWriterHooks, retrying } from './retry.ts';

export type { BatchWriterHooks } from './retry.ts';

export interface BatchWriterOptions {
  clickhouse: ClickHouse;
  log: StoreLog;
  metrics?: BatchWriterHooks;
  /** Makes the delays of one block's tries: each block has its own. */
  backoff: () => Backoff;
}

export interface BatchWriter {
  /**
   * Writes the blocks, all tables in parallel, and resolves only when every row is acknowledged or set aside in rejected_events.
   * Retries for ever. Rejects with the signal's reason when it aborts: then what was written is unknown, and the cursor must stay.
   * The blocks must not be appended to or cleared until it is settled.
   */
  write(blocks: readonly WritableBlock[], signal: AbortSignal): Promise<void>;
}

export function createBatchWriter(options: BatchWriterOptions): BatchWriter {
  const { log, metrics = {}, backoff } = options;
  const followUps = createFollowUps(options);

  const followUp = async ({ table }: WritableBlock, signal: AbortSignal): Promise<void> => {
    const step = followUps[table.name];
    if (step === undefined) return;
    const retries = { table: step.name, log, metrics, backoff: backoff(), signal };
    await retrying(retries, () => step.run({ signal }));
  };

  return {
    write: async (blocks, signal) => {
      signal.throwIfAborted();
      let taken = 0;
      const writing = blocks
        .filter((block) => block.rows > 0)
        .map(async (block) => {
          const started = performance.now();
          const rows = await writeBlock(options, { block, othersTook: () => taken > 0, signal });
          await followUp(block, signal);
          metrics.onWritten?.(block.table.name, rows, performance.now() - started);
          taken += rows;
        });
      // All are settled before this is: the caller reuses the blocks' memory.
      for (const settled of await Promise.allSettled(writing)) if (settled.status === 'rejected') throw settled.reason;
    },
  };
}
