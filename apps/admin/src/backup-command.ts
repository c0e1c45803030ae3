import { type Command, CommandError, type CommandIo } from '@updraft/command';
import {
  backupStatements,
  checkTables,
  createClickHouse,
  readCommandStores,
  restoreStatements,
  rowsDatabaseOf,
} from '@updraft/store';

/** `pnpm admin backup | restore NAME`: ClickHouse's own back-ups, in the folder that its configuration allows. */
export const backupCommands: readonly Command[] = [
  {
    subject: 'backup',
    usage: 'NAME',
    summary: "Writes a back-up of the database into the server's folder of back-ups, while everything runs.",
    run: async ([name], _options, io) => {
      await requireItsTables(io);
      await runStatements(backupStatements, name, io);
    },
  },
  {
    subject: 'restore',
    usage: 'NAME',
    summary: 'Brings a back-up back. The database must not exist; stop the apps before. See docs/operations.md.',
    run: ([name], _options, io) => runStatements(restoreStatements, name, io),
  },
];

/** Longer than any disk takes. */
const TIMEOUT_MS = 86_400_000;

/** Taken without its cluster's variables, a back-up of a spread database would hold no rows. */
async function requireItsTables(io: CommandIo): Promise<void> {
  const clickhouse = createClickHouse(readCommandStores(io.env).clickhouse);
  try {
    await checkTables(clickhouse);
  } finally {
    await clickhouse.close();
  }
}

async function runStatements(
  statements: typeof backupStatements,
  name: string | undefined,
  io: CommandIo,
): Promise<void> {
  if (name === undefined || !/^[\w-]{1,64}$/.test(name))
    throw new CommandError("expected a name of letters, digits, '-' and '_', such as 2026-11-22");
  const { clickhouse: connection } = readCommandStores(io.env);
  const { cluster, database } = connection;
  if (cluster?.isReplicated === true)
    throw new CommandError('a cluster with replicas is backed up by BACKUP … ON CLUSTER: see docs/scaling.md');
  const rowsDatabase = cluster === undefined ? database : rowsDatabaseOf(database);
  // A database that is to be restored does not exist yet, and none can be asked for that doesn't.
  const servers = (cluster?.servers ?? [connection.address]).map((address) =>
    createClickHouse({ ...connection, address, database: 'system', cluster: undefined }),
  );
  try {
    for (const sql of statements({ database, rowsDatabase }, (part) => `File('${name}-${part}')`)) {
      io.note(sql);
      await Promise.all(servers.map((server) => server.command(sql, {}, { timeoutMs: TIMEOUT_MS })));
    }
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}
