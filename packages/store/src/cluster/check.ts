import { createClickHouse } from '../clickhouse/client.ts';
import type { ClickHouse, ClickHouseOptions } from '../clickhouse/types.ts';
import { SetupStoreError } from '../errors.ts';
import { arrayOfStrings, bool, string, uint32, uint64 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';

/**
 * Checks that the servers are the cluster that the environment names: each answers, none is named twice, and all have the same servers under its name.
 * @throws SetupStoreError saying in one line what differs, ConnectionError for a server that doesn't answer.
 */
export async function checkCluster(connection: ClickHouseOptions): Promise<void> {
  const { cluster } = connection;
  if (cluster === undefined) return;
  const addresses = cluster.isReplicated ? [connection.address] : cluster.servers;
  const servers = await Promise.all(addresses.map((address) => askServer(connection, address, cluster.name)));
  const [first] = servers;
  if (first === undefined) return;
  for (const server of servers) {
    const twin = servers.find((other) => other !== server && other.id === server.id);
    if (twin !== undefined)
      throw new SetupStoreError(`CLICKHOUSE_SHARDS: ${server.address} and ${twin.address} are the same server`);
    if (server.shards !== first.shards)
      throw new SetupStoreError(
        `the servers differ about the cluster '${cluster.name}' (remote_servers): ${first.address} has ${first.shards}; ${server.address} has ${server.shards}`,
      );
  }
  if (!cluster.isReplicated && first.count !== servers.length)
    throw new SetupStoreError(
      `CLICKHOUSE_SHARDS names ${servers.length} servers, the cluster '${cluster.name}' of ${first.address} has ${first.count}: ${first.shards}`,
    );
  const misplaced = servers.findIndex(({ place }, index) => place !== 0 && place !== index + 1);
  const server = servers[misplaced];
  if (!cluster.isReplicated && server !== undefined)
    throw new SetupStoreError(
      `CLICKHOUSE_SHARDS: ${server.address} is server ${server.place} of the cluster '${cluster.name}', but is named in place ${misplaced + 1}: use the cluster's order, since the first server keeps the list of migrations`,
    );
}

/** Whether the database is of the kind that the environment says. @throws SetupStoreError where it is the other. */
export async function checkTables(clickhouse: ClickHouse): Promise<void> {
  const { database, rowsDatabase } = clickhouse;
  const [table] = await clickhouse.query(
    `SELECT engine, position(engine_full, {rows:String}) > 0 AS is_ours FROM system.tables
     WHERE database = {database:String} AND name IN ('record_rows', 'repo_records') AND engine != 'View' LIMIT 1`,
    shape({ engine: string, isOurs: bool }),
    { database, rows: `'${rowsDatabase}'` },
  );
  if (table === undefined) return;
  const isSpread = rowsDatabase !== database;
  if (isSpread && table.engine === 'Distributed' && !table.isOurs)
    throw new SetupStoreError(
      `the database '${database}' was spread over a cluster by an earlier version: docs/scaling.md (From one server to several) says how to copy it`,
    );
  if (isSpread === (table.engine === 'Distributed')) return;
  throw new SetupStoreError(
    isSpread
      ? `CLICKHOUSE_CLUSTER is set, but the database '${database}' is of one server: docs/scaling.md (From one server to several) says how to go on`
      : `the database '${database}' is spread over a cluster: set CLICKHOUSE_CLUSTER and CLICKHOUSE_SHARDS`,
  );
}

interface Server {
  readonly address: string;
  /** Of the server and of the shard that it takes itself for: one of them is unknown on some servers. */
  readonly id: string;
  /** Its shards as text, for people and to compare. */
  readonly shards: string;
  readonly count: number;
  /** Which of them it is, from 1 on; 0 where it doesn't know. */
  readonly place: number;
}

async function askServer(connection: ClickHouseOptions, address: string, cluster: string): Promise<Server> {
  const clickhouse = createClickHouse({ ...connection, address, database: 'system', cluster: undefined });
  try {
    const rows = await clickhouse.query(
      `SELECT concat(toString(serverUUID()), ' ', toString(maxIf(shard_num, is_local = 1 AND cluster = {cluster:String}))) AS id, arraySort(groupUniqArray(cluster)) AS known,
              arrayStringConcat(arraySort(groupArrayIf(concat(toString(shard_num), '=', host_name, ':', toString(port)), cluster = {cluster:String})), ' ') AS shards,
              uniqExactIf(shard_num, cluster = {cluster:String}) AS count,
              maxIf(shard_num, is_local = 1 AND cluster = {cluster:String}) AS place
       FROM system.clusters`,
      shape({ id: string, known: arrayOfStrings, shards: string, count: uint64, place: uint32 }),
      { cluster },
    );
    const [row] = rows;
    if (row === undefined || row.count === 0)
      throw new SetupStoreError(
        `ClickHouse at ${address} has no cluster '${cluster}' in its remote_servers (CLICKHOUSE_CLUSTER); it has ${row?.known.join(', ') || 'none'}`,
      );
    return { address, ...row };
  } finally {
    await clickhouse.close();
  }
}
