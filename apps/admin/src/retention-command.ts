import { type Command, CommandError, type CommandIo, type CommandOptions } from '@updraft/command';
import { openStores } from '@updraft/feedgen/admin';
import { RETAINED_TABLES, readRetention, setRetention } from '@updraft/store';

/** `pnpm admin retention`: how long records are kept. */
export const retentionCommands: readonly Command[] = [
  {
    subject: 'retention',
    usage: RETAINED_TABLES.map((table) => `[--${optionOf(table)} 90d|forever]`).join(' '),
    summary:
      'Sets how long records are kept, by the time in their keys; without options it shows it. What is over goes in the background. Raising it brings nothing back.',
    options: Object.fromEntries(RETAINED_TABLES.map((table) => [optionOf(table), { type: 'string' }])),
    run,
  },
];

async function run(_positionals: readonly string[], options: CommandOptions, io: CommandIo): Promise<void> {
  const wanted = RETAINED_TABLES.flatMap((table) => {
    const value = options[optionOf(table)];
    return value === undefined ? [] : [{ table, days: readDays(table, value) }];
  });
  await using stores = openStores(io);
  for (const { table, days } of wanted) await setRetention(stores.clickhouse, table, days);
  const retention = await readRetention(stores.clickhouse);
  for (const table of RETAINED_TABLES) {
    const days = retention.get(table);
    io.out(`${table}\t${days === undefined ? 'forever' : `${days}d`}`);
  }
}

function optionOf(table: string): string {
  return table.replaceAll('_', '-');
}

/** The feeds look back three days: less would starve them. */
const MIN_DAYS = 4;

function readDays(table: string, value: CommandOptions[string]): number | undefined {
  if (value === 'forever') return undefined;
  const days = Number(/^(\d{1,5})d$/.exec(String(value))?.[1]);
  if (!(days >= MIN_DAYS))
    throw new CommandError(
      `--${optionOf(table)} must be a number of days from ${MIN_DAYS} on such as 90d, or forever, got ${String(value)}`,
    );
  return days;
}
