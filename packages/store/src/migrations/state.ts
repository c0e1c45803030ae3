import { MigrationError } from '../errors.ts';
import { stemOf } from './migration-files.ts';
import { firstKeyword, splitStatements, withoutLeadingComments } from './split-statements.ts';
import type { AppliedMigration, Migration } from './types.ts';

/** A migration to apply, from its statement number `from` (0 unless it was interrupted). */
export interface PendingMigration {
  readonly migration: Migration;
  readonly from: number;
  readonly resumed: boolean;
}

/** What is to be applied, by version. @throws MigrationError when the database and the files don't agree. */
export function pendingMigrations(
  files: readonly Migration[],
  applied: readonly AppliedMigration[],
): PendingMigration[] {
  const rows = new Map(applied.map((row) => [row.version, row]));
  const interrupted = applied.find((row) => row.direction === 'up' && canResume(row, files));
  checkLedger(
    files,
    applied.filter((row) => row !== interrupted),
  );
  return files.flatMap((migration): PendingMigration[] => {
    const row = rows.get(migration.version);
    if (row === undefined) return [{ migration, from: 0, resumed: false }];
    return row === interrupted ? [{ migration, from: row.statementsDone, resumed: true }] : [];
  });
}

/** The last `count` migrations, newest first, to be taken back. @throws MigrationError when the database and the files don't agree. */
export function migrationsToTakeBack(
  files: readonly Migration[],
  applied: readonly AppliedMigration[],
  count: number,
): PendingMigration[] {
  const last = applied.at(-1);
  const interrupted = last?.direction === 'down' && canResume(last, files) ? last : undefined;
  checkLedger(
    files,
    applied.filter((row) => row !== interrupted),
  );
  const rows = applied.slice(-count).toReversed();
  return rows.flatMap((row) => {
    const migration = files.find(({ version }) => version === row.version);
    const resumed = row === interrupted;
    return migration === undefined ? [] : [{ migration, from: resumed ? row.statementsDone : 0, resumed }];
  });
}

/** @throws MigrationError when a migration was left half-way, was edited after it was applied, or is unknown here. */
function checkLedger(files: readonly Migration[], applied: readonly AppliedMigration[]): void {
  const byVersion = new Map(files.map((file) => [file.version, file]));
  for (const row of applied) {
    const file = byVersion.get(row.version);
    if (file === undefined)
      throw new MigrationError(
        `the database has migration ${stemOf(row)}, which this program does not know: is it older than the database?`,
      );
    if (row.dirty) throw new MigrationError(dirtySentence(row, canResume(row, files)));
    if (row.checksum !== file.checksum) {
      throw new MigrationError(
        `${stemOf(file)}.up.sql was changed after it was applied: restore it, and put the change into a new migration; or, ` +
          'where docs/operations.md (Upgrades) says so, keep the tables as they are with migrate force',
      );
    }
  }
}

/** A run that ended in mid-way (it failed, or the process was killed) goes on, if the statement it was in may be done twice. */
function canResume(row: AppliedMigration, files: readonly Migration[]): boolean {
  const file = files.find((migration) => migration.version === row.version);
  if (!row.dirty || file?.checksum !== row.checksum) return false;
  const next = splitStatements(row.direction === 'up' ? file.upSql : file.downSql)[row.statementsDone];
  return next === undefined || mayRepeat(next);
}

/** Done again it changes nothing: of a CREATE that was done the server says so. */
export function mayRepeat(statement: string): boolean {
  const sql = withoutLeadingComments(statement);
  return ['CREATE', 'RUN'].includes(firstKeyword(sql)) || REPEATABLE.test(sql);
}

const REPEATABLE =
  /^(?:DROP \w+ IF EXISTS|ALTER TABLE \w+\s+(?:(?:MODIFY|RESET) SETTING|MODIFY COLUMN|ADD \w+ IF NOT EXISTS|DROP \w+ IF EXISTS|MATERIALIZE \w+))\b/i;

function dirtySentence(row: AppliedMigration, resumable: boolean): string {
  const reason = row.failure === '' ? 'it was interrupted' : row.failure;
  const stopped = `migration ${stemOf(row)} (${row.direction}) stopped after ${row.statementsDone} statements: ${reason}. `;
  if (resumable) return `${stopped}'migrate ${row.direction}${row.direction === 'down' ? ' 1' : ''}' goes on with it`;
  return (
    `${stopped}Repair the tables by hand, then say where the database stands: 'migrate force ${row.version}' if it is wholly applied, ` +
    `'migrate force ${row.version - 1}' if nothing of it is left`
  );
}
