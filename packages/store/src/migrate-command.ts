import { type BuildProgram, type CommandIo, JSON_OPTION, runProgram, wholeNumber, writeRow } from '@updraft/command';
import { startProgressBar } from '@updraft/service';
import { readCommandStores } from './config.ts';
import { StoreError } from './errors.ts';
import type { StoreLog } from './log.ts';
import { forceVersion, migrateDown, migrateUp, migrationVersion } from './migrations/migrate.ts';
import { createMigration, stemOf } from './migrations/migration-files.ts';
import type { StepState } from './migrations/run-steps/step.ts';
import type { MigrateOptions } from './migrations/types.ts';

/** For what rewrites or copies a large table. */
const DAY_MS = 86_400_000;

const addMoves: BuildProgram = (program, io) => {
  program
    .command('up')
    .description('apply what is pending (creates the database); a statement may take 10 minutes')
    .action(() => up(options(io), io));
  program
    .command('up-long')
    .description('the same, but a statement may take a day: for a change that rewrites a large table')
    .action(() => up({ ...options(io), statementTimeoutMs: DAY_MS }, io));
  program
    .command('down')
    .description('take back the last migrations')
    .argument('<count>', 'how many', wholeNumber(1))
    .action(async (count) => {
      const bar = stepBar(io.screen);
      const given = { ...options(io), statementTimeoutMs: DAY_MS, onProgress: bar.show };
      const takenBack = await migrateDown({ ...given, count }).finally(bar.end);
      io.out(takenBack.length === 0 ? 'nothing to take back' : `took back ${takenBack.map(stemOf).join(', ')}`);
    });
};

const addStates: BuildProgram = (program, io) => {
  program
    .command('version')
    .description('where the database stands')
    .option(...JSON_OPTION)
    .action(async (shown) => {
      const current = await migrationVersion(options(io));
      const dirty =
        current?.dirty === true
          ? ` (dirty: ${current.direction} stopped after ${current.statementsDone} statements)`
          : '';
      const sentence = current === undefined ? 'no migration is applied' : `${stemOf(current)}${dirty}`;
      writeRow(io, shown, [sentence], current ?? { version: 0 });
    });
  program
    .command('force')
    .description('declare that the database stands at a migration, running nothing')
    .argument('<version>', 'its number; 0: before all', wholeNumber(0))
    .action(async (version) => {
      await forceVersion({ ...options(io), version });
      io.out(`the database is declared to stand at ${version}`);
    });
  program
    .command('create')
    .description('make an empty pair of files with the next number')
    .argument('<name>')
    .action(async (name) => io.out((await createMigration(name)).join('\n')));
};

const build: BuildProgram = (program, io) => {
  addMoves(program, io);
  addStates(program, io);
  program.addHelpText(
    'after',
    `\nClickHouse: CLICKHOUSE_ADDRESS, CLICKHOUSE_USERNAME, CLICKHOUSE_PASSWORD, CLICKHOUSE_DATABASE, CLICKHOUSE_CLUSTER, CLICKHOUSE_SHARDS, CLICKHOUSE_REPLICATED`,
  );
};

process.exitCode = await runProgram('pnpm migrate', build, process, (error) => error instanceof StoreError);

async function up(given: MigrateOptions, { out, screen }: CommandIo): Promise<void> {
  const bar = stepBar(screen);
  const applied = await migrateUp({ ...given, onProgress: bar.show }).finally(bar.end);
  const count = applied.length;
  out(count === 0 ? 'nothing to apply' : `${count} ${count === 1 ? 'migration' : 'migrations'} applied`);
}

/** Shows how far each long step is, from its first report on. */
function stepBar(screen: CommandIo['screen']): { show(state: StepState): void; end(): void } {
  let last: StepState = { subject: '', done: 0, total: 0, unit: 'rows' };
  let startedAt = 0;
  let bar: ReturnType<typeof startProgressBar> | undefined;
  const work = () => ({
    subject: `${last.subject}: ${last.total.toLocaleString('en')} ${last.unit}`,
    share: last.total === 0 ? 1 : last.done / last.total,
    count: Math.round(last.done),
    unit: last.unit,
    elapsedMs: performance.now() - startedAt,
  });
  return {
    show: (state) => {
      if (state.subject !== last.subject) {
        bar?.finish();
        bar = undefined;
      }
      last = state;
      if (bar !== undefined || screen === undefined) return;
      startedAt = performance.now();
      bar = startProgressBar(work, screen);
    },
    end: () => bar?.finish(),
  };
}

function options({ env, note }: CommandIo): MigrateOptions {
  const line = (fields: object, message: string) => note(`${message} ${Object.values(fields).join(' ')}`);
  const log: StoreLog = { debug: () => {}, info: line, warn: line, error: line };
  return { connection: readCommandStores(env).clickhouse, log };
}
