import {
  type Block,
  type ClickHouse,
  codecs,
  defineTable,
  postRows,
  recordRows,
  type WritableBlock,
} from '@updraft/store';
import { postRow, recordRow } from './record-row.ts';
import { selectRows } from './select-rows.ts';
import { blockOf } from './write-blocks.ts';

interface GuardedRow {
  readonly key: number;
  readonly text: string;
}
/** A table that refuses single rows, as none of the real ones does. */
export const guarded = defineTable<GuardedRow>('guarded', { key: codecs.uint32, text: codecs.string });
export const CREATE_GUARDED =
  "CREATE TABLE guarded (key UInt32, text String, CONSTRAINT polite CHECK text != 'rude') ENGINE = ReplacingMergeTree ORDER BY key";

/** The table anew and empty, and so are those that a batch of these tests fills. */
export async function clearTables(clickhouse: ClickHouse): Promise<void> {
  await clickhouse.command('DROP TABLE IF EXISTS guarded SYNC');
  await clickhouse.command(CREATE_GUARDED);
  for (const table of ['record_rows', 'post_rows', 'record_ops', 'actor_status', 'rejected_events'])
    await clickhouse.command(`TRUNCATE TABLE ${table}`);
}

export function guardedBlock(texts: readonly string[]): Block<GuardedRow> {
  return blockOf(
    guarded,
    texts.map((text, key) => ({ key, text })),
  );
}

export const like = (index: number) =>
  recordRow({
    repo: `did:plc:${index % 100}`,
    rkey: String(index),
    subject: `at://did:plc:a/app.bsky.feed.post/${index % 7}`,
    createdMs: 1_764_000_000_000 + index,
    version: { hi: 1, lo: index },
  });
const post = (index: number) =>
  postRow({
    did: `did:plc:${index % 100}`,
    rkey: String(index),
    sortAt: 1_764_000_000_000 + index,
    version: { hi: 1, lo: index },
  });

/** Likes and posts, this many of each. */
export function twoBlocks(rows: number): WritableBlock[] {
  const indexes = Array.from({ length: rows }, (_, index) => index);
  return [blockOf(recordRows, indexes.map(like)), blockOf(postRows, indexes.map(post))];
}

/** Rows that count. */
export async function countRows(clickhouse: ClickHouse, table: string): Promise<number> {
  const [row] = await selectRows<{ rows: number }>(clickhouse, `SELECT toUInt32(count()) AS rows FROM ${table} FINAL`);
  return row?.rows ?? 0;
}
