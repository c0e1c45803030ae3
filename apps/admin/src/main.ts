import { runProgram } from '@updraft/command';
import { StoreError } from '@updraft/store';
import { addBackupCommands } from './backup-command.ts';
import { addEraseCommand } from './erase-command.ts';
import { addFeedsCommands } from './feeds/feeds-commands.ts';
import { addImportCommand } from './import/import-command.ts';
import { addRebalanceCommand } from './rebalance-command.ts';
import { addBackfillCommand } from './refill/backfill-command.ts';
import { addGapsCommand } from './refill/gaps-command.ts';
import { addReindexCommand } from './reindex/reindex-command.ts';
import { addRetentionCommand } from './retention-command.ts';

const commands = [
  addFeedsCommands,
  addEraseCommand,
  addImportCommand,
  addReindexCommand,
  addBackfillCommand,
  addGapsCommand,
  addRetentionCommand,
  addBackupCommands,
  addRebalanceCommand,
];

process.exitCode = await runProgram(
  'pnpm admin',
  (program, io) => commands.forEach((add) => add(program, io)),
  process,
  (error) => error instanceof StoreError, // such as: ClickHouse can't be reached
);
