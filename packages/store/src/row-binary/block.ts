import type { Table } from './table.ts';
import { createRowBinaryWriter, writtenBytes } from './writer.ts';

/** What the batch writer needs of a block, whatever its rows are. */
export interface WritableBlock {
  readonly table: Pick<Table<never>, 'name' | 'header' | 'columns'>;
  readonly rows: number;
  readonly byteLength: number;
  /** The bytes of rows `from` … `to - 1`, a view without a copy: valid until the block is appended to or cleared. */
  slice(from: number, to: number): Uint8Array;
  /** A row decoded again, for the record of what was set aside. */
  row(index: number): object;
}

/** Rows of one table, encoded as they come. The ends of the rows are kept, so that a part of the block is a slice of its bytes. */
export interface Block<Row> extends WritableBlock {
  /** @throws RowFault when a value does not fit its column; the block is then as before. */
  append(row: Row): void;
  /** Empties the block and keeps its memory. Only after the write of it is settled. */
  clear(): void;
}

/** Makes an empty block of the table. */
export function createBlock<Row extends object>(table: Table<Row>): Block<Row> {
  const writer = createRowBinaryWriter();
  const ends: number[] = [];
  const endOf = (index: number) => (index < 0 ? 0 : (ends[index] ?? writer.position));
  return {
    table,
    get rows() {
      return ends.length;
    },
    get byteLength() {
      return writer.position;
    },
    append: (row) => {
      table.encode(row, writer);
      ends.push(writer.position);
    },
    clear: () => {
      writer.position = 0;
      ends.length = 0;
    },
    slice: (from, to) => writtenBytes(writer, endOf(from - 1), endOf(to - 1)),
    row: (index) => table.decode(writtenBytes(writer), endOf(index - 1)),
  };
}
