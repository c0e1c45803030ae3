import { Command, CommanderError, InvalidArgumentError, wholeNumber } from '@updraft/command';
import { parseDuration, SetupError } from '@updraft/service';

/** The options of `npm start -- …`. */
export interface StartOptions {
  readonly help: boolean;
  /** Delete the data of earlier runs first. */
  readonly fresh: boolean;
  /** Added to every port; 0 when not given. */
  readonly portOffset: number;
  /** A recorded stream to use as the network. */
  readonly play?: string | undefined;
  /** Use the simulated network even when the public one can be reached. */
  readonly simulate: boolean;
  /** Where to begin, as given: `2h` ago, or a time. */
  readonly since?: string | undefined;
  /** Events per second of the played or simulated network. */
  readonly rate?: number | undefined;
  readonly seed?: number | undefined;
  readonly accounts?: number | undefined;
  /** Share of hostile content in the simulated network, 0 to 1. */
  readonly hostile?: number | undefined;
  /** The simulated network has an archive. */
  readonly archive?: true | undefined;
  /** When the simulated network's history ends, instead of now: ISO 8601 with its zone. */
  readonly now?: string | undefined;
  /** How many servers of ClickHouse run as one cluster; 1 when not given. */
  readonly shards: number;
  /** A folder for the data instead of `.data`. */
  readonly data?: string | undefined;
}

/** The command line can't be understood. */
export class UsageError extends SetupError {
  override name = 'UsageError';
}

const ENVIRONMENT = `
Exit codes: 0 stopped (npm itself gives 130 after Ctrl-C), 1 failed, 2 not understood

Environment
  WS_URL               Jetstream host or hosts to read from, separated by commas
  CLICKHOUSE_ADDRESS   use this ClickHouse (host:port) instead of starting one
  REDIS_ADDRESS        use this Redis (host:port) instead of starting one`;

const MAX_SHARDS = 16;

function describeProgram() {
  return new Command('npm start --')
    .usage('[options]')
    .description('Runs Updraft here: ClickHouse, Redis and the services, until Ctrl-C.')
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .optionsGroup(
      "Where the events come from (default: the public Jetstream; the simulated network when it can't be reached)",
    )
    .option('--play <file>', 'a recorded stream of Jetstream lines (.jsonl, .gz, .zst)')
    .option('--simulate', 'a simulated network')
    .option(
      '--rate <n>',
      'with --simulate or --play: events per second (default: 100; --play: as fast as they are read)',
      wholeNumber(0, 1_000_000),
    )
    .option(
      '--seed <n>',
      'with --simulate: each number is a world of its own (default: 1)',
      wholeNumber(0, 2 ** 32 - 1),
    )
    .option('--accounts <n>', 'with --simulate: how many accounts it has (default: 2000)', wholeNumber(0, 100_000_000))
    .option('--hostile <share>', 'with --simulate: share of hostile content, 0 to 1 (default: 0)', readShare)
    .option('--archive', 'with --simulate: it has an archive, for pnpm backfill and verify:archive; starts slower')
    .option('--now <time>', 'with --simulate: its history ends then, so that any day gives the same tables', readMoment)
    .option(
      '--since <age>',
      'how long ago to begin, such as 2h or 30d (hosts keep about 36 h; what is older comes from an archive)',
      readPastTime,
    )
    .optionsGroup('Where it runs')
    .option('--port-offset <n>', 'a second run beside the first: n is added to every port', wholeNumber(0, 50_000), 0)
    .option('--shards <n>', 'this many servers of ClickHouse, as one cluster', wholeNumber(1, MAX_SHARDS), 1)
    .option('--fresh', 'delete what earlier runs stored in .data/ and begin anew')
    .option('--data <dir>', 'keep the data in this folder instead of .data/')
    .option('-h, --help', 'show this text')
    .addHelpText('after', ENVIRONMENT);
}

/** What `--help` shows. */
export function startHelp(): string {
  let text = '';
  describeProgram()
    .configureOutput({ writeOut: (more) => (text += more) })
    .outputHelp();
  return text;
}

/**
 * Reads the command line.
 * @throws UsageError that names the first option that is unknown, malformed, or contradicts another one
 */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const program = describeProgram().allowExcessArguments();
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`${error.message.replace(/^error: /, '')}\nnpm start -- --help shows all options.`);
  }
  const [unexpected] = program.args;
  if (unexpected !== undefined)
    throw new UsageError(`Unexpected "${unexpected}": options come after two dashes, as in npm start -- --play FILE.`);
  const { help = false, fresh = false, simulate = false, ...given } = program.opts();
  const options = { ...given, help, fresh, simulate };
  refuseContradictions(options);
  return options;
}

function readShare(text: string): number {
  if (/^\d*\.?\d+$/.test(text) && Number(text) <= 1) return Number(text);
  throw new InvalidArgumentError('expected a number from 0 to 1');
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

function readMoment(text: string): string {
  if (isMoment(text)) return text;
  throw new InvalidArgumentError('expected a time such as 2026-07-04T14:00:00Z');
}

function readPastTime(text: string): string {
  if (parseDuration(text) !== undefined || isMoment(text) || isDay(text)) return text;
  throw new InvalidArgumentError(
    'expected a duration such as 30m, 2h or 1d, a day such as 2026-07-04, or a time such as 2026-07-04T14:00:00Z',
  );
}

function refuseContradictions(options: StartOptions): void {
  if (options.play !== undefined && options.simulate) {
    throw new UsageError('--play and --simulate are two different networks. Choose one.');
  }
  if (options.fresh && options.data !== undefined) {
    throw new UsageError('--fresh deletes .data/ only. Delete the folder of --data yourself.');
  }
  const { seed, accounts, hostile, archive, now } = options;
  const simulatedOnly = {
    '--seed': seed,
    '--accounts': accounts,
    '--hostile': hostile,
    '--archive': archive,
    '--now': now,
  };
  for (const [name, value] of Object.entries(simulatedOnly)) {
    if (value !== undefined && !options.simulate) throw new UsageError(`${name} needs --simulate.`);
  }
  if (options.rate !== undefined && !options.simulate && options.play === undefined) {
    throw new UsageError('--rate needs --simulate or --play.');
  }
}
