import { runProgram } from '@updraft/command';
import { addFeedgenCommands } from '@updraft/feedgen/admin';
import { StoreError } from '@updraft/store';
import { addBackupCommands } from './backup-command.ts';
import { addEraseCommand } from './erase-command.ts';
import { addImportCommand } from './import/import-command.ts';
import { addRebalanceCommand } from './rebalance-command.ts';
import { addReindexCommand } from './reindex/reindex-command.ts';
import { addRetentionCommand } from './retention-command.ts';
import { addTokenCommand } from './token-command.ts';

/** `pnpm admin …`: each service brings its own commands. */
const commands = [
  addFeedgenCommands,
  addEraseCommand,
  addImportCommand,
  addReindexCommand,
  addRetentionCommand,
  addBackupCommands,
  addRebalanceCommand,
  addTokenCommand,
];

process.exitCode = await runProgram(
  'pnpm admin',
  (program, io) => commands.forEach((add) => add(program, io)),
  process,
  (error) => error instanceof StoreError, // such as: ClickHouse can't be reached
);
