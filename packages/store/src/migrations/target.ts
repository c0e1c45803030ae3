import { createClickHouse } from '../clickhouse/client.ts';
import { rowsDatabaseOf } from '../clickhouse/servers.ts';
import type { ClickHouse, ClickHouseOptions } from '../clickhouse/types.ts';
import { readSharding } from '../cluster/sharding.ts';
import { createSteps, type Step } from '../cluster/steps.ts';
import type { Migration } from './types.ts';

/** A server, and the database in which a statement runs. */
export interface Place {
  readonly client: ClickHouse;
  readonly address: string;
  /** Of servers with replicas, to which a statement goes ON CLUSTER; '' where the server answers for itself. */
  readonly cluster: string;
}

/** Where migrations run: one server, or all of a cluster. */
export interface MigrationTarget extends AsyncDisposable {
  /** The server of the ledger and the lock: always the same one. */
  readonly keeper: ClickHouse;
  /** Each server's database that shows all rows. */
  readonly databases: readonly ClickHouse[];
  /** Where a RUN step finds rows: each server's own. With replicas it is one database that shows all of them. */
  readonly rows: readonly ClickHouse[];
  /** Has a statement of a migration run where it belongs, in its parts where it has some, one after the other. */
  run(statement: string, runAt: (place: Place, sql: string) => Promise<void>): Promise<void>;
}

export async function openTarget(
  connection: ClickHouseOptions,
  migrations: readonly Migration[],
  directory: string,
): Promise<MigrationTarget> {
  const { cluster, database } = connection;
  if (cluster === undefined) return oneServer(connection);
  const rowsDatabase = rowsDatabaseOf(database);
  const site = { cluster: cluster.name, database, rowsDatabase, isReplicated: cluster.isReplicated };
  const stepsOf = createSteps(site, await readSharding(directory), migrations);
  const addresses = cluster.isReplicated ? [connection.address] : cluster.servers;
  const open = (server: string, name: string) => createClickHouse({ ...connection, address: server, database: name });
  const servers = addresses.map((address) => ({
    address,
    rows: open(address, rowsDatabase),
    whole: open(address, database),
  }));
  const told = cluster.isReplicated ? cluster.name : '';
  const [first] = servers;
  if (first === undefined) throw new Error('a cluster without servers');
  const placesOf = ({ isOnEachServer, database: name }: Step): Place[] =>
    (isOnEachServer ? servers : [first]).map((server) => ({
      client: server[name],
      address: server.address,
      cluster: told,
    }));
  return {
    keeper: first.rows,
    databases: servers.map(({ whole }) => whole),
    rows: servers.map(({ rows, whole }) => (cluster.isReplicated ? whole : rows)),
    run: async (statement, runAt) => {
      for (const step of stepsOf(statement)) for (const place of placesOf(step)) await runAt(place, step.sql);
    },
    [Symbol.asyncDispose]: async () => {
      for (const { rows, whole } of servers) await Promise.all([rows.close(), whole.close()]);
    },
  };
}

function oneServer(connection: ClickHouseOptions): MigrationTarget {
  const clickhouse = createClickHouse(connection);
  return {
    keeper: clickhouse,
    databases: [clickhouse],
    rows: [clickhouse],
    run: (statement, runAt) => runAt({ client: clickhouse, address: connection.address, cluster: '' }, statement),
    [Symbol.asyncDispose]: () => clickhouse.close(),
  };
}
