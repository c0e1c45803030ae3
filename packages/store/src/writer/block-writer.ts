import type { ClickHouse } from '../clickhouse/types.ts';
import { RefusedDataError, type StoreError, UnavailableError } from '../errors.ts';
import type { StoreLog } from '../log.ts';
import { createBlock, type WritableBlock } from '../row-binary/block.ts';
import { rejectedEvents } from '../tables/rejected-events.ts';
import type { Backoff } from './batch-writer.ts';
import { bisect } from './bisect.ts';
import { rejectedRow } from './rejected-row.ts';
import { type BatchWriterHooks, retrying } from './retry.ts';

export interface BlockOutcome {
  rowsWritten: number;
  rowsSetAside: number;
}

export interface BlockWriterOptions {
  clickhouse: ClickHouse;
  log: StoreLog;
  metrics: BatchWriterHooks;
  backoff: () => Backoff;
}

/** `othersTook`: whether ClickHouse has taken rows of the batch's other blocks. */
export type BlockWriter = (
  block: WritableBlock,
  othersTook: () => boolean,
  signal: AbortSignal,
) => Promise<BlockOutcome>;

/**
 * Writes one block until each of its rows is acknowledged or set aside. Set aside is only what is refused alone with a data
 * error while other rows of the batch pass. A block refused as a whole is held: it speaks of us or the schema, not of a row.
 */
export function createBlockWriter({ clickhouse, log, metrics, backoff }: BlockWriterOptions): BlockWriter {
  const insert = async (block: WritableBlock, from: number, to: number, signal: AbortSignal) => {
    const { name, header } = block.table;
    const { writtenRows } = await clickhouse.insertBytes(name, header, block.slice(from, to), { signal });
    // A materialized view's rows count as well, so more is right; fewer means that not all were taken.
    if (writtenRows < to - from)
      throw new UnavailableError(`${name}: sent ${to - from} rows, ClickHouse wrote ${writtenRows}`);
  };
  const untilWritten = (
    block: WritableBlock,
    isFinal: (error: StoreError) => boolean,
    signal: AbortSignal,
    attempt: () => Promise<void>,
  ) => retrying({ table: block.table.name, log, metrics, backoff: backoff(), signal, isFinal }, attempt);

  /** Undefined when the rows are in, else why ClickHouse refuses them; waits out everything else. */
  const refusal = async (
    block: WritableBlock,
    from: number,
    to: number,
    signal: AbortSignal,
  ): Promise<RefusedDataError | undefined> => {
    try {
      await untilWritten(
        block,
        (error) => error instanceof RefusedDataError,
        signal,
        () => insert(block, from, to, signal),
      );
      return undefined;
    } catch (error) {
      if (error instanceof RefusedDataError) return error;
      throw error;
    }
  };

  /** The rows that ClickHouse refuses alone; 'all' when it is no matter of single rows. */
  const refusedRows = async (
    block: WritableBlock,
    whole: RefusedDataError,
    othersTook: () => boolean,
    signal: AbortSignal,
  ) => {
    // A header without rows is refused when the table's columns are others than ours.
    if ((await refusal(block, 0, 0, signal)) !== undefined) return 'all';
    if (block.rows === 1) return othersTook() ? new Map([[0, whole]]) : 'all';
    return await bisect(block.rows, whole, (from, to) => refusal(block, from, to, signal));
  };

  const setAside = async (
    block: WritableBlock,
    refused: ReadonlyMap<number, RefusedDataError>,
    signal: AbortSignal,
  ) => {
    const { name } = block.table;
    const rejected = createBlock(rejectedEvents);
    for (const [index, error] of refused) rejected.append(rejectedRow(name, block.row(index), error.message));
    await untilWritten(
      rejected,
      () => false,
      signal,
      () => insert(rejected, 0, rejected.rows, signal),
    );
    for (const error of refused.values()) {
      metrics.onSetAside?.(name, error);
      log.warn({ table: name, err: error }, 'a row that ClickHouse refuses was set aside in rejected_events');
    }
  };

  return async (block, othersTook, signal) => {
    let rowsSetAside = 0;
    await untilWritten(
      block,
      () => false,
      signal,
      async () => {
        const whole = await refusal(block, 0, block.rows, signal);
        if (whole === undefined) return;
        const refused = await refusedRows(block, whole, othersTook, signal);
        if (refused === 'all') throw whole;
        await setAside(block, refused, signal);
        rowsSetAside = refused.size;
      },
    );
    return { rowsWritten: block.rows - rowsSetAside, rowsSetAside };
  };
}
