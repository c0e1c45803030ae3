import type { CommandIo } from '@updraft/command';
import { backoff } from '@updraft/service';
import { type BatchWriter, type ClickHouse, createBatchWriter } from '@updraft/store';

/** A writer that tells whoever runs the command what it meets. */
export function openWriter(clickhouse: ClickHouse, io: CommandIo): BatchWriter {
  const line = (fields: object, message: string) => io.note(`${message} ${JSON.stringify(fields)}`);
  return createBatchWriter({
    clickhouse,
    log: { debug: () => {}, info: line, warn: line, error: line },
    backoff: () => backoff({ minMs: 200, maxMs: 10_000 }),
  });
}
