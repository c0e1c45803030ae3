import { type CommandIo, stopSignal } from '@updraft/command';
import { backoff } from '@updraft/service';
import { type ClickHouse, createBatchWriter, type WritableBlock } from '@updraft/store';

/** Writes blocks and resolves when they are acknowledged. Rejects with a CommandError when the command is stopped. */
export type WriteBlocks = (blocks: readonly WritableBlock[]) => Promise<unknown>;

/** Retries for ever, and notes each failure for the person who runs the command. */
export function openWriter(clickhouse: ClickHouse, io: CommandIo): WriteBlocks {
  const line = (fields: object, message: string) => io.note(`${message} ${JSON.stringify(fields)}`);
  const writer = createBatchWriter({
    clickhouse,
    log: { ...SILENT, info: line, warn: line, error: line },
    backoff: () => backoff({ minMs: 200, maxMs: 10_000 }),
  });
  const stopped = stopSignal('stopped before all was written. Run the command again: it continues where it stopped');
  return (blocks) => writer.write(blocks, stopped);
}

/** A log that drops every line. */
export const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
