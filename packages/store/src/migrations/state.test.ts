import { describe, expect, it } from 'vitest';
import { migrationsToTakeBack, pendingMigrations } from './state.ts';
import type { AppliedMigration, Migration } from './types.ts';

const file = (
  version: number,
  upSql = 'CREATE TABLE a (x UInt8); CREATE TABLE b (x UInt8)',
  downSql = '',
): Migration => ({
  version,
  name: 'm',
  upSql,
  downSql,
  checksum: `sum${version}`,
});
const row = (version: number, rest: Partial<AppliedMigration> = {}): AppliedMigration => ({
  version,
  name: 'm',
  checksum: `sum${version}`,
  dirty: false,
  direction: 'up',
  statementsDone: 2,
  failure: '',
  ...rest,
});
const versions = (files: Migration[], rows: AppliedMigration[]) =>
  pendingMigrations(files, rows).map(({ migration, from, resumed }) => [migration.version, from, resumed]);

describe('pendingMigrations', () => {
  it('are the files that the database does not have, by version', () => {
    expect(versions([file(1), file(2), file(3)], [row(2)])).toEqual([
      [1, 0, false],
      [3, 0, false],
    ]);
  });

  it('go on with one that was interrupted before a CREATE', () => {
    expect(versions([file(1), file(2)], [row(1), row(2, { dirty: true, statementsDone: 1 })])).toEqual([[2, 1, true]]);
  });

  it.each([
    'CREATE TABLE a',
    'DROP TABLE IF EXISTS a',
    'ALTER TABLE a MODIFY COLUMN b Int8',
    'ALTER TABLE a DROP INDEX IF EXISTS b',
    '-- x\nRUN copy_rows',
  ])('go on with one that failed in what may be done twice: %s', (statement) => {
    const failed = row(1, { dirty: true, statementsDone: 0, failure: 'no space' });
    expect(versions([file(1, statement)], [failed])).toEqual([[1, 0, true]]);
  });

  it.each(['DROP TABLE a', 'ALTER TABLE a ADD COLUMN b Int8', 'ALTER TABLE a RENAME COLUMN b TO c'])(
    'stop where it can not be told whether it was done: %s',
    (statement) => {
      const interrupted = row(1, { dirty: true, statementsDone: 0 });
      expect(() => versions([file(1, statement)], [interrupted])).toThrow(/it was interrupted/);
    },
  );

  it('end an interrupted one that only lacked its last note', () => {
    expect(versions([file(1)], [row(1, { dirty: true, statementsDone: 2 })])).toEqual([[1, 2, true]]);
  });

  it.each([
    [
      'that failed in what can not be repeated',
      file(1, 'INSERT INTO a SELECT 1'),
      row(1, { dirty: true, statementsDone: 0, failure: 'no space' }),
      /no space.*migrate force 1.*migrate force 0/,
    ],
    [
      'interrupted before what can not be repeated',
      file(1, 'INSERT INTO a SELECT 1'),
      row(1, { dirty: true, statementsDone: 0 }),
      /it was interrupted/,
    ],
    [
      'interrupted on its way down',
      file(1, '', 'DROP TABLE IF EXISTS a'),
      row(1, { dirty: true, direction: 'down', statementsDone: 0 }),
      /\(down\) stopped after 0 statements: it was interrupted. 'migrate down 1' goes on with it/,
    ],
    ['edited since', file(1), row(1, { checksum: 'other' }), /was changed after it was applied/],
    ['unknown here', file(1), row(2), /0002_m, which this program does not know/],
  ])('refuse to go on from one %s', (_, known, applied, message) => {
    expect(() => pendingMigrations([known], [applied])).toThrow(message);
  });
});

describe('migrationsToTakeBack', () => {
  const down = { dirty: true, direction: 'down', statementsDone: 1 };
  const dropping = (sql: string) => [file(1), file(2, '', `DROP TABLE a; ${sql}`)];
  const places = (files: Migration[], rows: AppliedMigration[], count: number) =>
    migrationsToTakeBack(files, rows, count).map(({ migration, from, resumed }) => [migration.version, from, resumed]);

  it('are the last ones, newest first', () => {
    expect(places([file(1), file(2), file(3)], [row(1), row(2), row(3)], 2)).toEqual([
      [3, 0, false],
      [2, 0, false],
    ]);
  });

  it('go on with one that was interrupted in what may be done twice', () => {
    expect(places(dropping('ALTER TABLE b DROP PROJECTION IF EXISTS c'), [row(1), row(2, down)], 2)).toEqual([
      [2, 1, true],
      [1, 0, false],
    ]);
  });

  it('stop where it can not be told whether a statement was done, or at one that stopped on its way up', () => {
    expect(() => places(dropping('DROP TABLE b'), [row(1), row(2, down)], 1)).toThrow(/migrate force 2/);
    const up = row(2, { dirty: true, statementsDone: 1 });
    expect(() => places([file(1), file(2)], [row(1), up], 1)).toThrow(/'migrate up' goes on with it/);
  });
});
