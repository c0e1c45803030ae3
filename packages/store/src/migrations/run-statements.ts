import { TABLE_ALREADY_EXISTS } from '../clickhouse/error-codes.ts';
import { MigrationError, StoreError } from '../errors.ts';
import type { Ledger } from './ledger.ts';
import type { MigrationLock } from './lock.ts';
import { stemOf } from './migration-files.ts';
import { runStepOf } from './run-steps/run-steps.ts';
import type { StepProgress } from './run-steps/step.ts';
import { splitStatements } from './split-statements.ts';
import type { MigrationTarget } from './target.ts';
import type { AppliedMigration, Migration } from './types.ts';
import { runWhenFree } from './wait-for-mutations.ts';

export interface Run {
  target: MigrationTarget;
  ledger: Ledger;
  lock: MigrationLock;
  migration: Migration;
  direction: 'up' | 'down';
  /** Number of the first statement to run. */
  from: number;
  /** Goes on with an interrupted run, in which that statement may have been done. */
  resumed: boolean;
  /** Of each statement but RUN, which ends when it is done; default 10 min. */
  statementTimeoutMs?: number | undefined;
  progress: StepProgress;
  signal?: AbortSignal | undefined;
  sliceRows: number;
  sliceMemory: number;
}

/** ClickHouse's DDL has no transactions: each statement that is done is noted, so that a failure says which one it stopped at. */
const STATEMENT_TIMEOUT_MS = 600_000;

/** A migration that drops a table means it, however large it is: the servers refuse one of more than 50 GB. */
const ANY_SIZE = { max_table_size_to_drop: 0, max_partition_size_to_drop: 0 };

/** Runs one migration in one direction and keeps the ledger. @throws MigrationError, leaving the migration dirty with the reason. */
export async function runStatements(run: Run): Promise<void> {
  const { migration, direction, ledger, lock } = run;
  const statements = splitStatements(direction === 'up' ? migration.upSql : migration.downSql);
  for (const statement of statements) runStepOf(statement);
  const row = (statementsDone: number, rest: Partial<AppliedMigration> = {}): AppliedMigration => ({
    version: migration.version,
    name: migration.name,
    checksum: migration.checksum,
    dirty: true,
    direction,
    statementsDone,
    failure: '',
    ...rest,
  });
  for (let done = run.from; done < statements.length; done++) {
    lock.assertHeld();
    await ledger.write(row(done));
    try {
      await runOne(run, statements[done] ?? '', done);
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      await ledger.write(row(done, { failure }));
      throw new MigrationError(`${stemOf(migration)} (${direction}), statement ${done + 1}: ${failure}`, {
        cause: error,
      });
    }
  }
  if (direction === 'up') await ledger.write(row(statements.length, { dirty: false }));
  else await ledger.remove(row(statements.length));
}

async function runOne(run: Run, statement: string, index: number): Promise<void> {
  const step = runStepOf(statement);
  if (step !== undefined) return step(run);
  // The interrupted run had come this far.
  const mayBeDone = (error: unknown): boolean =>
    run.resumed && index === run.from && error instanceof StoreError && error.code === TABLE_ALREADY_EXISTS;
  const timeoutMs = run.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const options = { timeoutMs, settings: ANY_SIZE };
  await run.target.run(statement, (place, sql) =>
    runWhenFree(place, sql, options, run).catch((error: unknown) => {
      if (!mayBeDone(error)) throw error;
    }),
  );
}
