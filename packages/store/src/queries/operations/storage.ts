import type { ClickHouse } from '../../clickhouse/types.ts';
import { string, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';

const TABLE = shape({ name: string, rows: uint64, bytes: uint64 });
const DISK = shape({ name: string, totalBytes: uint64, freeBytes: uint64 });

export interface StoredSizes {
  /** Summed over the servers, the largest first. */
  readonly tables: readonly RowOf<typeof TABLE>[];
  readonly disks: readonly (RowOf<typeof DISK> & { readonly server: string })[];
  /** False on a cluster with replicas: only one server was asked. */
  readonly isWhole: boolean;
}

/** What the servers know of their parts and disks: no table is read. */
export async function readStoredSizes(clickhouse: ClickHouse): Promise<StoredSizes> {
  const [parts, disks] = await Promise.all([
    clickhouse.queryEachServer(PARTS, TABLE, { database: clickhouse.rowsDatabase }),
    clickhouse.queryEachServer(DISKS, DISK),
  ]);
  const byName = Map.groupBy(
    parts.answers.flatMap(({ rows }) => rows),
    ({ name }) => name,
  );
  const tables = [...byName].map(([name, each]) => ({
    name,
    rows: each.reduce((sum, { rows }) => sum + rows, 0),
    bytes: each.reduce((sum, { bytes }) => sum + bytes, 0),
  }));
  return {
    tables: tables.toSorted((a, b) => b.bytes - a.bytes),
    disks: disks.answers.flatMap(({ server, rows }) => rows.map((disk) => ({ server, ...disk }))),
    isWhole: disks.isWhole,
  };
}

const PARTS = `
SELECT table AS name, sum(rows) AS rows, sum(bytes_on_disk) AS bytes
FROM system.parts WHERE database = {database:String} AND active GROUP BY table ORDER BY table`;

/** A remote disk has no end. */
const DISKS = `
SELECT name, total_space AS total_bytes, least(free_space, unreserved_space) AS free_bytes
FROM system.disks WHERE lower(type) = 'local' OR name = 'default' ORDER BY name`;
