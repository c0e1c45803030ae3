import {
  type ActorStatusRow,
  type BatchWriter,
  type BatchWriterHooks,
  type Block,
  type ClickHouse,
  createBatchWriter,
  createBlock,
  type Table,
  type WritableBlock,
} from '@updraft/store';
import { quietLog } from './migrated-database.ts';

export const never: AbortSignal = new AbortController().signal;

export function blockOf<Row extends object>(table: Table<Row>, rows: readonly Row[]): Block<Row> {
  const block = createBlock(table);
  for (const row of rows) block.append(row);
  return block;
}

/** A batch writer that tries again after 50 ms. */
export function quickWriter(clickhouse: ClickHouse, metrics: BatchWriterHooks = {}): BatchWriter {
  return createBatchWriter({
    clickhouse,
    log: quietLog,
    metrics,
    backoff: () => ({ next: () => 50, reset: () => {} }),
  });
}

export function writeBlocks(clickhouse: ClickHouse, ...blocks: readonly WritableBlock[]): Promise<void> {
  return quickWriter(clickhouse).write(blocks, never);
}

/** A row of actor_status: an active account, but for what is given. */
export function statusRow(row: Pick<ActorStatusRow, 'did' | 'version'> & Partial<ActorStatusRow>): ActorStatusRow {
  return { isDeletion: false, active: true, status: '', ...row };
}
