import type { ClickHouse } from '../../clickhouse/types.ts';
import { int64, string, uint32 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';

const SERVER = shape({ version: string, uptimeSeconds: uint32, usedBytes: int64 });

/** The server that answers: its version, how long it runs, the memory that it counts as its own. */
export async function readServerState(clickhouse: ClickHouse): Promise<RowOf<typeof SERVER> | undefined> {
  const sql = `SELECT version() AS version, uptime() AS uptime_seconds, max(value) AS used_bytes
     FROM system.metrics WHERE metric = 'MemoryTracking'`;
  return (await clickhouse.query(sql, SERVER))[0];
}
