import { SetupError, startProgressBar } from '@updraft/service';
import { processEnvironment, readCommandStores } from './config.ts';
import { StoreError } from './errors.ts';
import type { StoreLog } from './log.ts';
import { forceVersion, migrateDown, migrateUp, migrationVersion } from './migrations/migrate.ts';
import { createMigration, stemOf } from './migrations/migration-files.ts';
import type { StepState } from './migrations/run-steps/step.ts';
import type { MigrateOptions } from './migrations/types.ts';

const USAGE = `usage: pnpm migrate COMMAND
  up            apply what is pending (creates the database); a statement may take 10 minutes
  up-long       the same, but a statement may take a day: for a change that rewrites a large table
  down N        take back the last N migrations
  version       where the database stands
  force N       declare that it stands at N (0: before all), running nothing
  create NAME   an empty pair of files with the next number
ClickHouse: CLICKHOUSE_ADDRESS, CLICKHOUSE_USERNAME, CLICKHOUSE_PASSWORD, CLICKHOUSE_DATABASE, CLICKHOUSE_CLUSTER, CLICKHOUSE_SHARDS, CLICKHOUSE_REPLICATED`;

/** For what rewrites or copies a large table. */
const DAY_MS = 86_400_000;

type Command = (argument: string | undefined) => Promise<string>;

const COMMANDS: Readonly<Record<string, Command>> = {
  up: async () => up(options()),
  'up-long': async () => up({ ...options(), statementTimeoutMs: DAY_MS }),
  down: async (argument) => {
    const takenBack = await migrateDown({ ...options(), statementTimeoutMs: DAY_MS, count: wholeNumber(argument, 1) });
    return takenBack.length === 0 ? 'nothing to take back' : `took back ${takenBack.map(stemOf).join(', ')}`;
  },
  version: async () => {
    const current = await migrationVersion(options());
    if (current === undefined) return 'no migration is applied';
    return `${stemOf(current)}${current.dirty ? ` (dirty: ${current.direction} stopped after ${current.statementsDone} statements)` : ''}`;
  },
  force: async (argument) => {
    const version = wholeNumber(argument, 0);
    await forceVersion({ ...options(), version });
    return `the database is declared to stand at ${version}`;
  },
  create: async (argument = '') => (await createMigration(argument)).join('\n'),
};

const [name = '', argument] = process.argv.slice(2);
const command = COMMANDS[name];
if (command === undefined) {
  const isHelp = ['', 'help', '--help', '-h'].includes(name);
  (isHelp ? process.stdout : process.stderr).write(isHelp ? `${USAGE}\n` : `there is no command ${name}\n${USAGE}\n`);
  process.exitCode = isHelp ? 0 : 2;
} else {
  await command(argument).then(
    (answer) => process.stdout.write(`${answer}\n`),
    (error: unknown) => {
      if (!(error instanceof StoreError || error instanceof SetupError)) throw error;
      process.stderr.write(`migrate ${name}: ${error.message}\n`);
      process.exitCode = 1;
    },
  );
}

async function up(given: MigrateOptions): Promise<string> {
  const bar = stepBar();
  const applied = await migrateUp({ ...given, onProgress: bar.show }).finally(bar.end);
  return applied.length === 0 ? 'nothing to apply' : `applied ${applied.map(stemOf).join(', ')}`;
}

/** Shows how far a long step is, from its first report on. */
function stepBar(): { show(state: StepState): void; end(): void } {
  let last: StepState = { subject: '', done: 0, total: 0 };
  let startedAt = 0;
  let bar: ReturnType<typeof startProgressBar> | undefined;
  const work = () => ({
    subject: `${last.subject}: ${last.total.toLocaleString('en')} rows`,
    share: last.total === 0 ? 1 : last.done / last.total,
    count: Math.round(last.done),
    unit: 'rows',
    elapsedMs: performance.now() - startedAt,
  });
  return {
    show: (state) => {
      last = state;
      if (bar !== undefined) return;
      startedAt = performance.now();
      bar = startProgressBar(work, process.stderr);
    },
    end: () => bar?.finish(),
  };
}

function options(): MigrateOptions {
  return { connection: readCommandStores(processEnvironment()).clickhouse, log: plainLog() };
}

function wholeNumber(text: string | undefined, least: number): number {
  const value = Number(text);
  if (text === undefined || !Number.isSafeInteger(value) || value < least)
    throw new SetupError(`expected a whole number from ${least}\n${USAGE}`);
  return value;
}

function plainLog(): StoreLog {
  const line = (fields: object, message: string) =>
    process.stderr.write(`${message} ${Object.values(fields).join(' ')}\n`);
  return { debug: () => {}, info: line, warn: line, error: line };
}
