import type { ClickHouse } from '../../clickhouse/types.ts';
import { MigrationError } from '../../errors.ts';
import { RETAINED_TABLES, type Retention } from '../../retention/retention.ts';
import { OF_OLD_FORM } from './copy-sql.ts';
import type { HourRows } from './slices.ts';

/** What the old tables say of themselves before they are copied. */

const WHOLE_TABLE = { timeoutMs: 3_600_000, settings: { max_threads: 2 } };

/** Of each hour about how many rows there are to copy. */
export async function countHours(rows: ClickHouse): Promise<HourRows[]> {
  const typed = ['posts', 'likes', 'reposts'].map((table) => `SELECT record_hour FROM ${table}`).join(' UNION ALL ');
  return rows.query<HourRows>(
    `SELECT record_hour AS hour, toFloat64(max(n)) AS rows
     FROM
     (
       SELECT record_hour, count() AS n FROM repo_records GROUP BY record_hour
       UNION ALL
       SELECT record_hour, count() AS n FROM (${typed}) GROUP BY record_hour
     )
     GROUP BY record_hour`,
    {},
    WHOLE_TABLE,
  );
}

/** Whether there are rows from before 0011. */
export async function hasOldForm(rows: ClickHouse): Promise<boolean> {
  const found = await rows.query(
    `SELECT 1 FROM repo_records WHERE ${OF_OLD_FORM} LIMIT 1
     UNION ALL
     SELECT 1 FROM posts WHERE ${OF_OLD_FORM} LIMIT 1`,
    {},
    WHOLE_TABLE,
  );
  return found.length > 0;
}

/** Days that the old tables keep; `database` is where they stand on a server. */
export async function readOldRetention(rows: ClickHouse, database: string): Promise<Retention> {
  const found = await rows.query<{ name: (typeof RETAINED_TABLES)[number]; days: number }>(
    `SELECT name, toUInt32OrZero(extract(engine_full, 'TTL record_time \\\\+ toIntervalDay\\\\((\\\\d+)\\\\)')) AS days
     FROM system.tables WHERE database = {database:String} AND name IN {names:Array(String)} AND days > 0`,
    { database, names: RETAINED_TABLES },
  );
  return new Map(found.map(({ name, days }) => [name, days]));
}

/** What the new tables take of the disk, for each byte of the old ones; merges in between included. */
const NEW_SHARE = 0.6;

/** @throws MigrationError where the disk has no room for what is left to copy. */
export async function requireRoom(rows: ClickHouse, database: string, shareLeft: number): Promise<void> {
  const [disk] = await rows.query<{ needed: number; free: number; server: string }>(
    `SELECT toFloat64(sum(bytes_on_disk)) * {share:Float64} AS needed, hostName() AS server,
            (SELECT toFloat64(min(least(free_space, unreserved_space))) FROM system.disks WHERE type IN ('Local', 'local') OR name = 'default') AS free
     FROM system.parts
     WHERE active AND database = {database:String} AND table IN ('repo_records', 'likes', 'reposts', 'posts')`,
    { database, share: NEW_SHARE * shareLeft },
  );
  const { needed = 0, free = 0, server = '' } = disk ?? {};
  if (needed > free) throw new MigrationError(noRoom({ needed, free, server }));
}

function noRoom({ needed, free, server }: { needed: number; free: number; server: string }): string {
  return (
    `copying the records takes ${megabytes(needed)} of the disk of ${server}, of which ${megabytes(free)} are free: make room and run the migration again; ` +
    'or begin with an empty database and read the stream again (docs/operations.md, Upgrades)'
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
}
