import { parseCommandLine, SetupError } from '@updraft/service';

/** What `npm start -- …` was asked for. */
export interface StartOptions {
  readonly help: boolean;
  /** Delete the data of earlier runs first. */
  readonly fresh: boolean;
  /** Added to every port; 0 when not given. */
  readonly portOffset: number;
  /** A recorded stream to use as the network. */
  readonly play: string | undefined;
  /** Use the simulated network even when the public one can be reached. */
  readonly simulate: boolean;
  /** How far in the past to begin, as given: `2h`, or a time. */
  readonly since: string | undefined;
  /** Events per second of the played or simulated network. */
  readonly rate: number | undefined;
  readonly seed: number | undefined;
  readonly accounts: number | undefined;
  /** Share of hostile content in the simulated network, 0 to 1. */
  readonly hostile: number | undefined;
  /** When the simulated network's history ends, instead of just now: ISO 8601 with its zone. */
  readonly now: string | undefined;
  /** Servers of ClickHouse, which are one cluster; 1 when not given. */
  readonly shards: number;
  /** A folder for the data instead of `.data`. */
  readonly data: string | undefined;
}

export const helpText = `npm start [-- options]     runs Updraft here: ClickHouse, Redis and the services, until Ctrl-C

Where the events come from (default: the public Jetstream; the simulated network when it can't be reached)
  --play FILE        a recorded stream of Jetstream lines (.jsonl, .gz, .zst)
  --simulate         a simulated network, with
    --rate N           events per second (also for --play)
    --seed N           another world for each number; the same one for the same
    --accounts N       how many accounts it has
    --hostile N        share of hostile content, from 0 to 1
    --now TIME         its history ends at TIME, not just now: the same tables on any day
  --since 2h         begin this long ago (public Jetstream; it keeps about 36 h)

Where it runs
  --port-offset N    add N to every port, and keep the data apart: a second one beside the first
  --shards N         N servers of ClickHouse as one cluster, with data of its own
  --fresh            delete what earlier runs stored in .data/ and begin anew
  --data DIR         keep the data in DIR instead of .data/
  --help             this text

Environment
  WS_URL               Jetstream host or hosts to read from, separated by commas
  CLICKHOUSE_ADDRESS   use this ClickHouse (host:port) instead of starting one
  REDIS_ADDRESS        use this Redis (host:port) instead of starting one
`;

/**
 * Reads the command line.
 * @throws SetupError that names the first option that is unknown, malformed or senseless beside another
 */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const values = parseStrictly(args);
  const options: StartOptions = {
    help: values.help ?? false,
    fresh: values.fresh ?? false,
    portOffset: wholeNumber('--port-offset', values['port-offset'], 50_000) ?? 0,
    play: values.play,
    simulate: values.simulate ?? false,
    since: pastTime('--since', values.since),
    rate: wholeNumber('--rate', values.rate, 1_000_000),
    seed: wholeNumber('--seed', values.seed, 2 ** 32 - 1),
    accounts: wholeNumber('--accounts', values.accounts, 100_000_000),
    hostile: share('--hostile', values.hostile),
    now: moment('--now', values.now),
    shards: shards(values.shards),
    data: values.data,
  };
  refuseContradictions(options);
  return options;
}

const known = {
  help: { type: 'boolean', short: 'h' },
  fresh: { type: 'boolean' },
  'port-offset': { type: 'string' },
  play: { type: 'string' },
  simulate: { type: 'boolean' },
  shards: { type: 'string' },
  since: { type: 'string' },
  rate: { type: 'string' },
  seed: { type: 'string' },
  accounts: { type: 'string' },
  hostile: { type: 'string' },
  now: { type: 'string' },
  data: { type: 'string' },
} as const;

function parseStrictly(args: readonly string[]) {
  const { values, positionals } = parseKnown(args);
  if (positionals.length === 0) return values;
  throw new SetupError(
    `Unexpected "${positionals[0]}": options come after two dashes, as in npm start -- --play FILE.`,
  );
}

function parseKnown(args: readonly string[]) {
  try {
    return parseCommandLine({ args: [...args], options: known, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(`${error.message}. npm start -- --help shows all options.`);
  }
}

function wholeNumber(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text) || Number(text) > max) {
    throw new SetupError(`${name} wants a whole number from 0 to ${max}, not "${text}".`);
  }
  return Number(text);
}

function shards(text: string | undefined): number {
  const count = wholeNumber('--shards', text, MAX_SHARDS) ?? 1;
  if (count < 1) throw new SetupError('--shards must be a whole number from 1 on');
  return count;
}

/** Each has ports of its own beside the usual one. */
const MAX_SHARDS = 16;

function share(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d*\.?\d+$/.test(text) || Number(text) > 1)
    throw new SetupError(`${name} wants a number from 0 to 1, not "${text}".`);
  return Number(text);
}

function moment(name: string, text: string | undefined): string | undefined {
  if (text === undefined || isMoment(text)) return text;
  throw new SetupError(`${name} wants a time such as 2026-07-04T14:00:00Z, not "${text}".`);
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
}

function pastTime(name: string, text: string | undefined): string | undefined {
  if (text === undefined || /^\d{1,12}(\.\d{1,6})?(ms|s|m|h|d)$/.test(text)) return text;
  if (isMoment(text)) return text;
  throw new SetupError(
    `${name} wants a duration such as 30m, 2h or 1d, or a time such as 2026-07-04T14:00:00Z, not "${text}".`,
  );
}

function refuseContradictions(options: StartOptions): void {
  if (options.play !== undefined && options.simulate) {
    throw new SetupError('--play and --simulate are two different networks: choose one.');
  }
  if (options.fresh && options.data !== undefined) {
    throw new SetupError('--fresh deletes .data/ only: delete the folder given by --data yourself.');
  }
  const { seed, accounts, hostile, now } = options;
  const simulatedOnly = { '--seed': seed, '--accounts': accounts, '--hostile': hostile, '--now': now };
  for (const [name, value] of Object.entries(simulatedOnly)) {
    if (value !== undefined && !options.simulate) throw new SetupError(`${name} belongs to --simulate.`);
  }
  if (options.rate !== undefined && !options.simulate && options.play === undefined) {
    throw new SetupError('--rate belongs to --simulate or --play.');
  }
}
