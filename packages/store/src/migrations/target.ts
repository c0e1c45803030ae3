import { createClickHouse } from '../clickhouse/client.ts';
import { rowsDatabaseOf } from '../clickhouse/servers.ts';
import type { CallOptions, ClickHouse, ClickHouseOptions } from '../clickhouse/types.ts';
import { readSharding } from '../cluster/sharding.ts';
import { createSteps, type Step } from '../cluster/steps.ts';
import type { Migration } from './types.ts';

/** Where migrations run: one server, or all of a cluster. */
export interface MigrationTarget extends AsyncDisposable {
  /** The server of the ledger and the lock: always the same one. */
  readonly keeper: ClickHouse;
  /** Each server's database that shows all rows. */
  readonly databases: readonly ClickHouse[];
  /** Where a RUN step finds rows: each server's own. With replicas it is one database that shows all of them. */
  readonly rows: readonly ClickHouse[];
  /** Runs a statement of a migration, in its parts where it has some; `mayBeDone` says which failures count as done. */
  run(statement: string, options: CallOptions, mayBeDone: (error: unknown) => boolean): Promise<void>;
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
  const servers = addresses.map((server) => ({ rows: open(server, rowsDatabase), whole: open(server, database) }));
  const [first] = servers;
  if (first === undefined) throw new Error('a cluster without servers');
  const clientsFor = ({ isOnEachServer, database: name }: Step) =>
    (isOnEachServer ? servers : [first]).map((server) => server[name]);
  return {
    keeper: first.rows,
    databases: servers.map(({ whole }) => whole),
    rows: servers.map(({ rows, whole }) => (cluster.isReplicated ? whole : rows)),
    run: async (statement, options, mayBeDone) => {
      for (const step of stepsOf(statement))
        for (const client of clientsFor(step))
          await client.command(step.sql, {}, options).catch((error: unknown) => {
            if (!mayBeDone(error)) throw error;
          });
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
    run: (statement, options, mayBeDone) =>
      clickhouse.command(statement, {}, options).catch((error: unknown) => {
        if (!mayBeDone(error)) throw error;
      }),
    [Symbol.asyncDispose]: () => clickhouse.close(),
  };
}
