import { type CommandIo, stopSignal } from '@updraft/command';
import { backoff } from '@updraft/service';
import { type BatchWriter, type ClickHouse, createBatchWriter } from '@updraft/store';

/** A writer that tells whoever runs the command what it meets. Its writes reject with a CommandError when the command is stopped. */
export function openWriter(clickhouse: ClickHouse, io: CommandIo): BatchWriter {
  const line = (fields: object, message: string) => io.note(`${message} ${JSON.stringify(fields)}`);
  const writer = createBatchWriter({
    clickhouse,
    log: { ...SILENT, info: line, warn: line, error: line },
    backoff: () => backoff({ minMs: 200, maxMs: 10_000 }),
  });
  const stopped = stopSignal('stopped before all was written: run it again, and it goes on where it was');
  return { write: (blocks, signal) => writer.write(blocks, AbortSignal.any([signal, stopped])) };
}

/** The log of what says nothing while a command runs. */
export const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
