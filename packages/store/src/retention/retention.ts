import type { ClickHouse } from '../clickhouse/types.ts';

/**
 * Tables whose old rows may go. The graph (follows, blocks), profiles, accounts and what people made are kept: they are state, not
 * history.
 */
export const RETAINED_TABLES = ['posts', 'likes', 'reposts', 'repo_records'] as const;
export type RetainedTable = (typeof RETAINED_TABLES)[number];

/** Days that each table keeps; a table that keeps everything is not there. */
export type Retention = ReadonlyMap<RetainedTable, number>;

/** What the tables' TTLs say. */
export async function readRetention(clickhouse: ClickHouse): Promise<Retention> {
  const rows = await clickhouse.query<{ name: string; days: number }>(
    `SELECT name, toUInt32OrZero(extract(engine_full, 'TTL record_time \\\\+ toIntervalDay\\\\((\\\\d+)\\\\)')) AS days
     FROM system.tables
     WHERE database = {database:String} AND name IN {names:Array(String)} AND days > 0`,
    { database: clickhouse.rowsDatabase, names: RETAINED_TABLES },
  );
  const days = new Map(rows.map((row) => [row.name, row.days]));
  return new Map(RETAINED_TABLES.flatMap((table) => (days.has(table) ? [[table, days.get(table) ?? 0]] : [])));
}

/**
 * Keeps `days` of a table, or everything when undefined. By `record_time` only, which is computed from the rkey: so all states of a record go
 * at once, and no deleted one comes back. Records whose rkey bears no time are kept. What is over already goes with the
 * merges that follow, in the background.
 */
export async function setRetention(
  clickhouse: ClickHouse,
  table: RetainedTable,
  days: number | undefined,
): Promise<void> {
  if (days === undefined) {
    if ((await readRetention(clickhouse)).has(table))
      await clickhouse.onEachServer((onCluster) => `ALTER TABLE ${table}${onCluster} REMOVE TTL`);
    return;
  }
  await clickhouse.onEachServer(
    (onCluster) => `ALTER TABLE ${table}${onCluster} MODIFY SETTING merge_with_ttl_timeout = ${TTL_MERGE_INTERVAL_S}`,
  );
  await clickhouse.onEachServer(
    (onCluster) =>
      `ALTER TABLE ${table}${onCluster} MODIFY TTL record_time + INTERVAL ${Math.trunc(days)} DAY DELETE WHERE record_time > '1970-01-01 00:00:00'`,
    {},
    { timeoutMs: 600_000 },
  );
}

/** A merge that drops rows writes its part anew: a part of 100 GB not each four hours, as by default, but once a day. */
const TTL_MERGE_INTERVAL_S = 86_400;

/** The first day, counted since 1970 (UTC), of which every row that statistics count is kept. */
export function oldestWholeDay(retention: Retention, nowMs: number): number {
  const counted = [retention.get('posts'), retention.get('likes')].filter((days) => days !== undefined);
  return counted.length === 0 ? 0 : Math.floor(nowMs / 86_400_000) - Math.min(...counted) + 1;
}
