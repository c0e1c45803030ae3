import { type BuildProgram, type CommandIo, InvalidArgumentError, JSON_OPTION, writeRow } from '@updraft/command';
import { RETAINED_TABLES, readRetention, setRetention } from '@updraft/store';
import { openStores } from './open-stores.ts';

/** `pnpm admin retention`: how long records are kept. */
export const addRetentionCommand: BuildProgram = (program, io) => {
  const wanted: Wanted[] = [];
  const command = program
    .command('retention')
    .description(
      'Sets how long records are kept, by the time in their keys. Without options it shows the present times. Older records are removed in the background, and a longer time brings none back.',
    )
    .option(...JSON_OPTION)
    .action((options) => run(wanted, options, io));
  for (const table of RETAINED_TABLES)
    command.option(
      `--${table.replaceAll('_', '-')} <age>`,
      `a number of days from ${MIN_DAYS} on, such as 90d, or forever`,
      (text) => wanted.push({ table, days: readDays(text) }),
    );
};

interface Wanted {
  readonly table: (typeof RETAINED_TABLES)[number];
  /** Undefined: for ever. */
  readonly days: number | undefined;
}

async function run(
  wanted: readonly Wanted[],
  options: { readonly json?: true | undefined },
  io: CommandIo,
): Promise<void> {
  await using stores = openStores(io);
  for (const { table, days } of wanted) await setRetention(stores.clickhouse, table, days);
  const retention = await readRetention(stores.clickhouse);
  for (const table of RETAINED_TABLES) {
    const days = retention.get(table);
    writeRow(io, options, [table, days === undefined ? 'forever' : `${days}d`], { table, days: days ?? null });
  }
}

/** Feeds whose window is longer than the retention get shorter. */
const MIN_DAYS = 4;

function readDays(text: string): number | undefined {
  if (text === 'forever') return undefined;
  const days = Number(/^(\d{1,5})d$/.exec(text)?.[1]);
  if (days >= MIN_DAYS) return days;
  throw new InvalidArgumentError(`expected a number of days from ${MIN_DAYS} on such as 90d, or forever.`);
}
