import { describe, expect, test } from 'vitest';
import { readStatement } from './statement.ts';

describe('readStatement', () => {
  test.each([
    ['SELECT 1', 'rows'],
    ['(SELECT 1) UNION ALL (SELECT 2)', 'rows'],
    ['WITH 1 AS x SELECT x', 'rows'],
    ['-- why\nFROM t SELECT a', 'rows'],
    ['show tables', 'read'],
    ['EXPLAIN SELECT 1', 'read'],
    ['DESC t', 'read'],
    ['INSERT INTO t SELECT 1', 'insert'],
    ['WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x', 'insert'],
    ['CREATE VIEW v AS SELECT 1', 'other'],
    ['SET max_threads = 1', 'other'],
  ])('says what %s is', (sql, kind) => {
    expect(readStatement(sql).kind).toBe(kind);
  });

  test.each([
    ['SELECT 1 FORMAT JSON', 'JSON', 'FORMAT JSON'],
    ['SELECT 1 FORMAT JSON SETTINGS max_threads = 1', 'JSON', 'FORMAT JSON SETTINGS max_threads = 1'],
    ['SELECT 1 SETTINGS max_threads = 1 FORMAT CSV;', 'CSV', 'FORMAT CSV'],
    ['SELECT a FROM (SELECT 1 AS a FORMAT x) ORDER BY 1', undefined, ''],
    ['SELECT format FROM t ORDER BY format DESC', undefined, ''],
    ['SELECT 1 AS format', undefined, ''],
    ['SELECT t.format', undefined, ''],
    ['SELECT * FROM format(CSV, $$1$$)', undefined, ''],
    ['SELECT 1 -- FORMAT CSV', undefined, ''],
  ])('finds the place for the output of %s', (sql, format, behind) => {
    const statement = readStatement(sql);
    expect(statement.format).toBe(format);
    expect(statement.sql.slice(statement.outputAt)).toBe(behind);
  });

  test('one statement is enough: a semicolon may end it only', () => {
    expect(readStatement("SELECT ';' ; -- end").sql).toBe("SELECT ';'");
    expect(() => readStatement('SELECT 1; DROP TABLE t')).toThrow(/Multi-statements are not allowed.*SYNTAX_ERROR/);
    expect(() => readStatement(' -- nothing')).toThrow(/Empty query/);
  });
});
