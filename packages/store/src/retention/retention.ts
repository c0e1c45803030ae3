import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { ttlDays, ttlSql } from './ttl.ts';

/**
 * Records whose old rows may go, by the name that people use; `repo_records` are those of all other collections. Their copies by actor
 * (follows, blocks), profiles, accounts and what people made are kept: they are state, not history.
 */
export const RETAINED_TABLES = ['posts', 'likes', 'reposts', 'repo_records'] as const;
export type RetainedTable = (typeof RETAINED_TABLES)[number];

/** Days that each table keeps; a table that keeps everything has no entry. */
export type Retention = ReadonlyMap<RetainedTable, number>;

/** Which rows each name means: of posts all rows of a table, of the others those of some collections. */
const KEPT = [
  { table: 'post_rows', kinds: [{ name: 'posts' }] },
  {
    table: 'record_rows',
    kinds: [
      { name: 'likes', isOfKind: "collection = 'app.bsky.feed.like'" },
      { name: 'reposts', isOfKind: "collection = 'app.bsky.feed.repost'" },
      { name: 'repo_records' },
    ],
  },
] as const satisfies readonly {
  table: string;
  kinds: readonly { name: RetainedTable; isOfKind?: string }[];
}[];

/** What the tables' TTLs say. */
export async function readRetention(clickhouse: ClickHouse): Promise<Retention> {
  const rows = await clickhouse.query(
    `SELECT name, engine_full AS engine FROM system.tables
     WHERE database = {database:String} AND name IN {names:Array(String)}`,
    shape({ name: string, engine: string }),
    { database: clickhouse.rowsDatabase, names: KEPT.map(({ table }) => table) },
  );
  const days = new Map<string, number>();
  for (const { table, kinds } of KEPT) {
    const found = ttlDays(rows.find(({ name }) => name === table)?.engine ?? '');
    for (const [index, { name }] of kinds.entries()) {
      const kept = found[index];
      if (kept !== undefined) days.set(name, kept);
    }
  }
  return new Map(RETAINED_TABLES.flatMap((table) => (days.has(table) ? [[table, days.get(table) ?? 0]] : [])));
}

/**
 * Keeps `days` of these records, or everything when undefined. Only the time in the rkey decides, so all states of a record go at once and
 * no deleted one comes back. Records without a time in their rkey are kept. Rows that are already too old go with the next merges, in the
 * background.
 */
export async function setRetention(
  clickhouse: ClickHouse,
  name: RetainedTable,
  days: number | undefined,
): Promise<void> {
  const before = await readRetention(clickhouse);
  if (days === undefined && !before.has(name)) return;
  const kept = KEPT.find(({ kinds }) => kinds.some((kind) => kind.name === name)) ?? KEPT[0];
  const kinds = kept.kinds.map((kind) => ({ ...kind, days: kind.name === name ? days : before.get(kind.name) }));
  const alter = (change: string) =>
    clickhouse.onEachServer((onCluster) => `ALTER TABLE ${kept.table}${onCluster} ${change}`, {}, ALTER);
  if (kinds.every((kind) => kind.days === undefined)) return alter('REMOVE TTL');
  await alter(`MODIFY SETTING merge_with_ttl_timeout = ${TTL_MERGE_INTERVAL_S}`);
  await alter(`MODIFY TTL ${ttlSql(kinds)}`);
}

const ALTER: CallOptions = { timeoutMs: 600_000 };

/** A merge that drops rows writes its whole part again: once a day, and not every four hours (the default), for a part of 100 GB. */
const TTL_MERGE_INTERVAL_S = 86_400;

/** The first day, counted since 1970 (UTC), of which every row that statistics count is kept. */
export function oldestWholeDay(retention: Retention, nowMs: number): number {
  const tables = ['posts', 'likes', 'repo_records'] as const;
  const counted = tables.map((table) => retention.get(table)).filter((days) => days !== undefined);
  return counted.length === 0 ? 0 : Math.floor(nowMs / 86_400_000) - Math.min(...counted) + 1;
}
