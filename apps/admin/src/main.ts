import { type CommandIo, runCommand } from '@updraft/command';
import { feedgenCommands } from '@updraft/feedgen/admin';
import { StoreError } from '@updraft/store';
import { backupCommands } from './backup-command.ts';
import { eraseCommands } from './erase-command.ts';
import { importCommands } from './import/import-command.ts';
import { rebalanceCommands } from './rebalance-command.ts';
import { reindexCommands } from './reindex/reindex-command.ts';
import { retentionCommands } from './retention-command.ts';
import { tokenCommands } from './token-command.ts';

/** `pnpm admin …`: each service brings its own commands. */
const commands = [
  ...feedgenCommands,
  ...eraseCommands,
  ...importCommands,
  ...reindexCommands,
  ...retentionCommands,
  ...backupCommands,
  ...rebalanceCommands,
  ...tokenCommands,
];

const io: CommandIo = {
  env: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  screen: process.stderr,
};

process.exitCode = await runCommand(commands, process.argv.slice(2), io).catch((error: unknown) => {
  if (!(error instanceof StoreError)) throw error;
  io.note(error.message); // such as: ClickHouse can't be reached
  return 1;
});
