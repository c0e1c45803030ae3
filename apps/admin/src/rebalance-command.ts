import { type Command, CommandError, type CommandIo, type CommandOptions } from '@updraft/command';
import { openStores } from '@updraft/feedgen/admin';
import { copyDatabase, createHiddenActors } from '@updraft/store';

/** `pnpm admin rebalance`: from one server to several, or to more. */
export const rebalanceCommands: readonly Command[] = [
  {
    subject: 'rebalance',
    usage: '--from DATABASE',
    summary:
      'Copies all rows of another database of the same server into this one (CLICKHOUSE_DATABASE), where they go to the servers of its cluster. Stop the apps before. See docs/scaling.md.',
    options: { from: { type: 'string' } },
    run: rebalance,
  },
];

async function rebalance(_positionals: readonly string[], options: CommandOptions, io: CommandIo): Promise<void> {
  const from = options['from'];
  if (typeof from !== 'string' || !/^[A-Za-z_]\w{0,63}$/.test(from))
    throw new CommandError('--from must name the database to copy');
  await using stores = openStores(io);
  if (from === stores.clickhouse.database)
    throw new CommandError(`--from and CLICKHOUSE_DATABASE are the same database, ${from}`);
  const unlike: string[] = [];
  for await (const copied of copyDatabase(stores.clickhouse, from)) {
    io.out(`${copied.table}\t${copied.to}`);
    if (copied.from !== copied.to) unlike.push(`${copied.table}: ${copied.from} rows became ${copied.to}`);
  }
  await createHiddenActors({ clickhouse: stores.clickhouse, log: SILENT }).fold();
  if (unlike.length > 0)
    throw new CommandError(
      `not all is as it was: ${unlike.join('; ')}. Does something still write, or did this database hold rows before?`,
    );
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
