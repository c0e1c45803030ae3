import { readCount } from '../../clickhouse/read-value.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { MigrationError } from '../../errors.ts';
import { RETAINED_TABLES, type Retention } from '../../retention/retention.ts';
import { float64, string, uint32, uint64 } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { OF_OLD_FORM } from './copy-sql.ts';
import type { HourRows } from './slices.ts';

/** What the old tables have, before they are copied. */

const WHOLE_TABLE = { timeoutMs: 3_600_000, settings: { max_threads: 2 } };

/** About how many rows there are to copy, by hour. */
export async function countHours(rows: ClickHouse): Promise<HourRows[]> {
  const typed = ['posts', 'likes', 'reposts'].map((table) => `SELECT record_hour FROM ${table}`).join(' UNION ALL ');
  return rows.query(
    `SELECT record_hour AS hour, max(n) AS rows
     FROM
     (
       SELECT record_hour, count() AS n FROM repo_records GROUP BY record_hour
       UNION ALL
       SELECT record_hour, count() AS n FROM (${typed}) GROUP BY record_hour
     )
     GROUP BY record_hour`,
    shape({ hour: uint32, rows: uint64 }),
    {},
    WHOLE_TABLE,
  );
}

/** Whether there are rows from before 0011. */
export async function hasOldForm(rows: ClickHouse): Promise<boolean> {
  const found = await readCount(
    rows,
    `SELECT count() AS value FROM
     (
       SELECT 1 FROM repo_records WHERE ${OF_OLD_FORM} LIMIT 1
       UNION ALL
       SELECT 1 FROM posts WHERE ${OF_OLD_FORM} LIMIT 1
     )`,
    {},
    WHOLE_TABLE,
  );
  return found > 0;
}

/** Days that the old tables keep; `database` has them on a server. */
export async function readOldRetention(rows: ClickHouse, database: string): Promise<Retention> {
  const found = await rows.query(
    `SELECT name, toUInt32OrZero(extract(engine_full, 'TTL record_time \\\\+ toIntervalDay\\\\((\\\\d+)\\\\)')) AS days
     FROM system.tables WHERE database = {database:String} AND name IN {names:Array(String)} AND days > 0`,
    shape({ name: string, days: uint32 }),
    { database, names: RETAINED_TABLES },
  );
  const daysOf = new Map(found.map(({ name, days }) => [name, days]));
  return new Map(RETAINED_TABLES.flatMap((table) => (daysOf.has(table) ? [[table, daysOf.get(table) ?? 0]] : [])));
}

/** Bytes of disk that the new tables take for each byte of the old ones, merges in between included. */
const NEW_SHARE = 0.6;

/** @throws MigrationError where the disk has no room for what is left to copy. */
export async function requireRoom(rows: ClickHouse, database: string, shareLeft: number): Promise<void> {
  const [disk] = await rows.query(
    `SELECT toFloat64(sum(bytes_on_disk)) * {share:Float64} AS needed, hostName() AS server,
            ifNull((SELECT min(least(free_space, unreserved_space)) FROM system.disks WHERE type IN ('Local', 'local') OR name = 'default'), 0) AS free
     FROM system.parts
     WHERE active AND database = {database:String} AND table IN ('repo_records', 'likes', 'reposts', 'posts')`,
    shape({ needed: float64, server: string, free: uint64 }),
    { database, share: NEW_SHARE * shareLeft },
  );
  const { needed = 0, free = 0, server = '' } = disk ?? {};
  if (needed > free) throw new MigrationError(noRoom({ needed, free, server }));
}

function noRoom({ needed, free, server }: { needed: number; free: number; server: string }): string {
  return (
    `copying the records takes ${megabytes(needed)} of the disk of ${server}, which has ${megabytes(free)} free: make room and run the migration again; ` +
    'or begin with an empty database and read the stream again (docs/operations.md, Upgrades)'
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
}
