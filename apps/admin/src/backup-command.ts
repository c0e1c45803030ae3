import { type Command, CommandError, type CommandIo } from '@updraft/command';
import { readConfig } from '@updraft/service';
import {
  backupStatements,
  clickHouseEnvironment,
  clickHouseOptions,
  createClickHouse,
  restoreStatements,
} from '@updraft/store';

/** `pnpm admin backup | restore NAME`: ClickHouse's own back-ups, in the folder that its configuration allows. */
export const backupCommands: readonly Command[] = [
  {
    subject: 'backup',
    usage: 'NAME',
    summary: "Writes a back-up of the database into the server's folder of back-ups, while everything runs.",
    run: ([name], _options, io) => runStatements(backupStatements, name, io),
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

async function runStatements(
  statements: typeof backupStatements,
  name: string | undefined,
  io: CommandIo,
): Promise<void> {
  if (name === undefined || !/^[\w-]{1,64}$/.test(name))
    throw new CommandError("expected a name of letters, digits, '-' and '_', such as 2026-11-22");
  const connection = clickHouseOptions(readConfig(clickHouseEnvironment, io.env));
  const clickhouse = createClickHouse({ ...connection, database: 'system' });
  try {
    for (const sql of statements(connection.database, (part) => `File('${name}-${part}')`)) {
      io.note(sql);
      await clickhouse.command(sql, {}, { timeoutMs: TIMEOUT_MS });
    }
  } finally {
    await clickhouse.close();
  }
}
