import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  actorHandles,
  actorStatus,
  ingestGaps,
  postRows,
  profiles,
  recordRows,
  rejectedEvents,
  type WritableBlock,
} from '@updraft/store';

// Batches of encoded rows as files, so that inserting can be measured without making the rows.

const TABLES = [recordRows, postRows, profiles, actorHandles, actorStatus, rejectedEvents, ingestGaps];

/** Writes one batch: a file for each block. */
export function recordBatch(folder: string, number: number, batch: readonly WritableBlock[]): void {
  const batchFolder = join(folder, String(number).padStart(6, '0'));
  mkdirSync(batchFolder, { recursive: true });
  for (const block of batch)
    writeFileSync(join(batchFolder, `${block.table.name}.${block.rows}`), block.slice(0, block.rows));
}

/** All batches in order, in memory. */
export function readBatches(folder: string): WritableBlock[][] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => readdirSync(join(folder, name)).map((file) => readBlock(join(folder, name, file), file)));
}

function readBlock(path: string, file: string): WritableBlock {
  const [name = '', rows = ''] = file.split('.');
  const table = TABLES.find((known) => known.name === name);
  if (table === undefined) throw new Error(`no table is called ${name}`);
  const bytes = readFileSync(path);
  return {
    table,
    rows: Number(rows),
    byteLength: bytes.length,
    slice: (from, to) => {
      if (from !== 0 || to !== Number(rows)) throw new Error('a recorded block is written as a whole');
      return bytes;
    },
    row: () => ({}),
  };
}
