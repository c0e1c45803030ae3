import {
  type BuildProgram,
  CommandError,
  type CommandIo,
  InvalidArgumentError,
  JSON_OPTION,
  writeRow,
} from '@updraft/command';
import {
  type BackupFault,
  backupFault,
  backupFolder,
  backupStatements,
  checkTables,
  createClickHouse,
  readCommandStores,
  restoreStatements,
  rowsDatabaseOf,
} from '@updraft/store';

/** `pnpm admin backup | restore NAME`: ClickHouse's own back-ups, in the folder that its configuration allows. */
export const addBackupCommands: BuildProgram = (program, io) => {
  program
    .command('backup')
    .description("Writes a back-up of the database into the server's folder of back-ups, while everything runs.")
    .argument('<name>', NAME, backupName)
    .option(...JSON_OPTION)
    .action(async (name, options) => {
      await requireItsTables(io);
      for (const { address, places } of await runStatements(backupStatements, name, io)) {
        const sentence = `backed up: ${places.join(' and ')} on the machine of ClickHouse at ${address}`;
        writeRow(io, options, [sentence], { address, places });
      }
    });
  program
    .command('restore')
    .description('Brings a back-up back. The database must not exist; stop the apps before. See docs/operations.md.')
    .argument('<name>', NAME, backupName)
    .action(async (name) => {
      await runStatements(restoreStatements, name, io);
      io.out('restored');
    });
};

const NAME = "letters, digits, '-' and '_', such as 2026-11-22";

function backupName(text: string): string {
  if (/^[\w-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError(`expected a name of ${NAME}.`);
}

/** Longer than any disk takes. */
const TIMEOUT_MS = 86_400_000;

/** Without its cluster's variables, the back-up of a spread database would hold no rows. */
async function requireItsTables(io: CommandIo): Promise<void> {
  const clickhouse = createClickHouse(readCommandStores(io.env).clickhouse);
  try {
    await checkTables(clickhouse);
  } finally {
    await clickhouse.close();
  }
}

/** The folders of a back-up on one server. */
interface BackUp {
  readonly address: string;
  readonly places: readonly string[];
}

async function runStatements(statements: typeof backupStatements, name: string, io: CommandIo): Promise<BackUp[]> {
  const { clickhouse: connection } = readCommandStores(io.env);
  const { cluster, database } = connection;
  if (cluster?.isReplicated === true)
    throw new CommandError('a cluster with replicas is backed up by BACKUP … ON CLUSTER: see docs/scaling.md');
  const rowsDatabase = cluster === undefined ? database : rowsDatabaseOf(database);
  // A database to restore does not exist yet, and a connection can't name one that doesn't.
  const addresses = cluster?.servers ?? [connection.address];
  const servers = addresses.map((address) =>
    createClickHouse({ ...connection, address, database: 'system', cluster: undefined }),
  );
  const parts: string[] = [];
  const destinationOf = (part: string) => {
    parts.push(`${name}-${part}`);
    return `File('${name}-${part}')`;
  };
  try {
    for (const [index, sql] of statements({ database, rowsDatabase }, destinationOf).entries()) {
      io.note(`part ${index + 1} of ${parts.length} …`);
      await Promise.all(servers.map((server) => server.command(sql, {}, { timeoutMs: TIMEOUT_MS })));
    }
    const folders = await Promise.all(servers.map(backupFolder));
    return folders.map((folder, at) => ({
      address: `${addresses[at]}`,
      places: parts.toSorted().map((part) => folder + part),
    }));
  } catch (error) {
    const fault = backupFault(error);
    throw fault === undefined ? error : new CommandError(sentences[fault](name, database), { cause: error });
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

const sentences: Readonly<Record<BackupFault, (name: string, database: string) => string>> = {
  name_taken: (name) => `there is a back-up ${name} already, or a part of one: choose another name`,
  not_found: (name) => `there is no back-up ${name} in the server's folder of back-ups, or a part of it is missing`,
  database_in_use: (_, database) =>
    `the database ${database} holds rows: a back-up is brought back where it does not exist, see docs/operations.md`,
  no_database: (_, database) => `there is no database ${database} to back up, or it lacks its tables`,
};
