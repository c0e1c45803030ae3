import { DATABASE } from '../../tests/world/databases.ts';
import { readAll } from '../../tests/world/table-reader.ts';

/** Bytes on disk of the tables, and where they go. */
export interface Sizes {
  readonly totalBytes: number;
  /** Lines for people: bytes an event by table and column, the largest first. */
  readonly lines: readonly string[];
}

export async function measureSizes(url: string, events: number): Promise<Sizes> {
  const tables = await readAll(
    url,
    `SELECT table, sum(bytes_on_disk) AS bytes, sum(rows) AS rows, count() AS parts FROM system.parts WHERE database = '${DATABASE}' AND active GROUP BY table ORDER BY bytes DESC`,
  );
  const columns = await readAll(
    url,
    `SELECT table, name, data_compressed_bytes AS bytes FROM system.columns WHERE database = '${DATABASE}' AND data_compressed_bytes > 0 ORDER BY bytes DESC`,
  );
  const perEvent = (bytes: unknown) => (Number(bytes) / events).toFixed(2).padStart(8);
  const lines = tables.flatMap(({ table, bytes, rows, parts }) => [
    `${perEvent(bytes)}  ${String(table)} (${String(rows)} rows, ${String(parts)} parts)`,
    ...columns
      .filter((column) => column.table === table && Number(column.bytes) / events >= 0.05)
      .map((column) => `${perEvent(column.bytes)}      ${String(column.name)}`),
  ]);
  return { totalBytes: tables.reduce((sum, { bytes }) => sum + Number(bytes), 0), lines };
}
