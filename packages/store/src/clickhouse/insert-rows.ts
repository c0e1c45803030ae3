import { createBlock } from '../row-binary/block.ts';
import type { Table } from '../row-binary/table.ts';
import type { ClickHouse } from './types.ts';

/** Inserts a few rows at once, outside the batch writer: changes that people make. Resolves when they are acknowledged. */
export async function insertRows<Row extends object>(
  clickhouse: ClickHouse,
  table: Table<Row>,
  rows: readonly Row[],
): Promise<void> {
  const block = createBlock(table);
  for (const row of rows) block.append(row);
  await clickhouse.insertBytes(table.name, table.header, block.slice(0, block.rows));
}
