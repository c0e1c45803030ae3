import {
  type BuildProgram,
  CommandError,
  type CommandIo,
  InvalidArgumentError,
  JSON_OPTION,
  writeRow,
} from '@updraft/command';
import { copyDatabase, createHiddenActors } from '@updraft/store';
import { openStores } from './open-stores.ts';
import { SILENT } from './open-writer.ts';

/** `pnpm admin rebalance`: from one server to several, or from several to more. */
export const addRebalanceCommand: BuildProgram = (program, io) => {
  program
    .command('rebalance')
    .description(
      'Copies all rows of another database of the server into this one (CLICKHOUSE_DATABASE), which spreads them over the servers of its cluster. Stop the apps first. See docs/scaling.md.',
    )
    .requiredOption('--from <database>', 'the database to copy', databaseName)
    .option(...JSON_OPTION)
    .action((options) => rebalance(options, io));
};

function databaseName(text: string): string {
  if (/^[A-Za-z_]\w{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError('expected the name of a database.');
}

async function rebalance(
  options: { readonly from: string; readonly json?: true | undefined },
  io: CommandIo,
): Promise<void> {
  const { from } = options;
  await using stores = openStores(io);
  if (from === stores.clickhouse.database)
    throw new CommandError(`--from and CLICKHOUSE_DATABASE are the same database, ${from}`);
  const unlike: string[] = [];
  for await (const copied of copyDatabase(stores.clickhouse, from)) {
    writeRow(io, options, [copied.table, copied.to], copied);
    if (copied.from !== copied.to) unlike.push(`${copied.table}: ${copied.from} rows became ${copied.to}`);
  }
  await createHiddenActors({ clickhouse: stores.clickhouse, log: SILENT }).fold();
  if (unlike.length > 0)
    throw new CommandError(
      `the copy differs from its source: ${unlike.join('; ')}. Either an app still writes, or this database held rows before`,
    );
}
