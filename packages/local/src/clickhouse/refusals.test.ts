import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lex } from './lexer.ts';
import { outwardNames } from './outward.ts';
import { refuseOutward } from './refusals.ts';

const outward = outwardNames(
  ['numbers', 'values', 'file', 'url', 's3', 'remote', 'dictionary', 'merge'],
  ['MergeTree', 'Memory', 'File', 'URL', 'Kafka', 'Atomic', 'SQLite'],
);
const refuse = (sql: string) => () => refuseOutward([...lex(sql)], outward);

describe('refuseOutward', () => {
  test.each([
    "SELECT * FROM file('/etc/passwd')",
    "SELECT * FROM/**/URL -- x\n ('http://x')",
    'SELECT * FROM "file"(\'x\')',
    "SELECT * FROM `\\x66ile`('x')",
    "SELECT file('x')",
    "DESCRIBE TABLE s3('x')",
    "CREATE TABLE t AS url('x')",
    "CREATE VIEW v AS SELECT * FROM remote('h', system.one)",
    "INSERT INTO FUNCTION file('x') SELECT 1",
    "SELECT * FROM 'file.csv'",
    "ATTACH TABLE t FROM '/tmp/x' (a Int8) ENGINE = Memory",
    "SELECT 1 INTO /* */ OUTFILE 'x'",
    "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
    "CREATE TABLE t (a Int8) ENGINE = File('CSV')",
    'CREATE TABLE t (a Int8) ENGINE Kafka',
    'CREATE TABLE t (a Int8) ENGINE = `URL`',
    "CREATE DATABASE d ENGINE = SQLite('x')",
    "CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = local, path = '/tmp')",
    "CREATE DICTIONARY d (a Int8) PRIMARY KEY a SOURCE(HTTP(URL 'x')) LAYOUT(FLAT()) LIFETIME(0)",
    "CREATE DICTIONARY d (a Int8) PRIMARY KEY a SOURCE(CLICKHOUSE(HOST 'x' TABLE 't')) LAYOUT(FLAT()) LIFETIME(0)",
    "CREATE DICTIONARY d (a Int8) PRIMARY KEY a SOURCE(CLICKHOUSE(QUERY 'SELECT file(''x'')')) LAYOUT(FLAT()) LIFETIME(0)",
    'CREATE DICTIONARY d (a Int8) PRIMARY KEY a SOURCE(CLICKHOUSE(NAME c)) LAYOUT(FLAT()) LIFETIME(0)',
    "BACKUP TABLE t TO Disk('x')",
    "copy t TO 'x'",
    'SYSTEM SHUTDOWN',
    'DROP DATABASE `default`',
    'CREATE TABLE a (x Int8) ENGINE = Memory PARALLEL WITH CREATE TABLE b (x Int8) ENGINE = Memory',
    "SELECT 1 SETTINGS format_schema = 'x'",
    'SELECT * FROM numbers($$ x $$), eval($$ SELECT 1 $$)',
  ])('refuses %s', (sql) => {
    expect(refuse(sql)).toThrow(/ACCESS_DENIED/);
  });

  test.each([
    "SELECT 'file(', file, url FROM t WHERE file IN ('url(x)') -- file('x')",
    'SELECT * FROM numbers(10)',
    'SELECT count() FROM t FINAL',
    'CREATE VIEW v AS SELECT engine FROM system.tables',
    'CREATE TABLE t (source String, engine String) ENGINE = MergeTree ORDER BY source',
    "CREATE DICTIONARY d (a Int8) PRIMARY KEY a SOURCE(CLICKHOUSE(HOST 'localhost' TABLE 't')) LAYOUT(FLAT()) LIFETIME(0)",
    "SELECT trim(BOTH 'x' FROM 'axa'), EXTRACT(YEAR FROM d), substring('abc' FROM 2)",
    "CREATE DICTIONARY d (a Int8) PRIMARY KEY a SOURCE(CLICKHOUSE(TABLE t WHERE 'a > 0')) LAYOUT(FLAT()) LIFETIME(0) COMMENT 'file(x)'",
    "SELECT dictGet('d', 'a', 1)",
    'DROP DATABASE other',
    'DROP TABLE default.t',
  ])('allows %s', (sql) => {
    expect(refuse(sql)).not.toThrow();
  });

  test('a table function or engine that the engine learns later is refused until it is known', () => {
    const later = outwardNames(['telepathy'], ['Telepathy']);
    expect(() => refuseOutward([...lex('SELECT * FROM telepathy(1)')], later)).toThrow(/ACCESS_DENIED/);
    expect(() => refuseOutward([...lex('CREATE TABLE t (a Int8) ENGINE = Telepathy')], later)).toThrow(/ACCESS_DENIED/);
  });

  test('nothing between a name and its bracket hides a call', () => {
    const filler = fc.constantFrom(' ', '\n', '\t', '\u00a0', '/* ( */', '-- (\n', '#! x\n', '\u3000', '/**/');
    const spelling = fc.constantFrom('file', 'FILE', 'FiLe', '"file"', '`file`', '“file”');
    fc.assert(
      fc.property(fc.array(filler), spelling, fc.array(filler), (before, name, after) => {
        expect(refuse(`SELECT * FROM ${before.join('')}${name}${after.join('')}('x')`)).toThrow(/ACCESS_DENIED/);
      }),
    );
  });
});
