import { RefusedDataError, UnavailableError } from '../errors.ts';
import { createBlock, type WritableBlock } from '../row-binary/block.ts';
import { rejectedEvents } from '../tables/rejected-events.ts';
import type { BatchWriterOptions } from './batch-writer.ts';
import { bisect } from './bisect.ts';
import { rejectedRow } from './rejected-row.ts';
import { retrying } from './retry.ts';

/** A block that is being written. */
export interface Writing {
  readonly block: WritableBlock;
  /** Whether ClickHouse has taken rows of the batch's other blocks. */
  readonly othersTook: () => boolean;
  readonly signal: AbortSignal;
}

/**
 * Writes one block until each of its rows is acknowledged or set aside; gives how many were acknowledged. Only a row that is refused alone
 * with a data error, while other rows of the batch pass, is set aside. A block that is refused as a whole is held: then the fault is ours or
 * the schema's, not a row's.
 */
export async function writeBlock(options: BatchWriterOptions, writing: Writing): Promise<number> {
  const { block, signal } = writing;
  let setAside = 0;
  await untilDone(options, block, signal, async () => {
    const whole = await refusal(options, writing, 0, block.rows);
    if (whole === undefined) return;
    const refused = await refusedRows(options, writing, whole);
    if (refused === 'all') throw whole; // held: all of this is repeated until somebody has mended the table
    await setAsideRows(options, writing, refused);
    setAside = refused.size;
  });
  return block.rows - setAside;
}

/** Repeats `attempt` until it doesn't throw. */
function untilDone<T>(
  { log, metrics = {}, backoff }: BatchWriterOptions,
  { table }: WritableBlock,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  return retrying({ table: table.name, log, metrics, backoff: backoff(), signal }, attempt);
}

async function insert(
  { clickhouse }: BatchWriterOptions,
  { block, signal }: Pick<Writing, 'block' | 'signal'>,
  from: number,
  to: number,
): Promise<void> {
  const { name, header } = block.table;
  const { writtenRows } = await clickhouse.insertBytes(name, header, block.slice(from, to), { signal });
  // A materialized view's rows count as well, so more is right; fewer means that not all were taken.
  if (writtenRows < to - from)
    throw new UnavailableError(`${name}: sent ${to - from} rows, ClickHouse wrote ${writtenRows}`);
}

/** Undefined when the rows are in, else why ClickHouse refuses them; waits out everything else. */
function refusal(
  options: BatchWriterOptions,
  writing: Writing,
  from: number,
  to: number,
): Promise<RefusedDataError | undefined> {
  return untilDone(options, writing.block, writing.signal, async () => {
    try {
      await insert(options, writing, from, to);
      return undefined;
    } catch (error) {
      if (error instanceof RefusedDataError) return error;
      throw error;
    }
  });
}

/** The rows that ClickHouse refuses alone; 'all' when single rows are not the reason. */
async function refusedRows(
  options: BatchWriterOptions,
  writing: Writing,
  whole: RefusedDataError,
): Promise<ReadonlyMap<number, RefusedDataError> | 'all'> {
  const { rows } = writing.block;
  // A header without rows is refused when the table has other columns than ours.
  if ((await refusal(options, writing, 0, 0)) !== undefined) return 'all';
  if (rows === 1) return writing.othersTook() ? new Map([[0, whole]]) : 'all';
  return await bisect(rows, whole, (from, to) => refusal(options, writing, from, to));
}

async function setAsideRows(
  options: BatchWriterOptions,
  { block, signal }: Writing,
  refused: ReadonlyMap<number, RefusedDataError>,
): Promise<void> {
  const { name } = block.table;
  const rejected = createBlock(rejectedEvents);
  for (const [index, error] of refused) rejected.append(rejectedRow(name, block.row(index), error.message));
  await untilDone(options, rejected, signal, () => insert(options, { block: rejected, signal }, 0, rejected.rows));
  for (const error of refused.values()) {
    options.metrics?.onSetAside?.(name, error);
    options.log.warn({ table: name, err: error }, 'a row that ClickHouse refuses was set aside in rejected_events');
  }
}
