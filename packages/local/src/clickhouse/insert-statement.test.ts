import { describe, expect, test } from 'vitest';
import { readInsertHead } from './insert-statement.ts';

/** The parts of the text as the head names them. */
function parts(text: string) {
  const head = readInsertHead(text);
  if (head === undefined) return undefined;
  const { fileAt, keptUntil, format, dataStart } = head;
  return [text.slice(0, fileAt), text.slice(fileAt, keptUntil), format, text.slice(dataStart)];
}

describe('readInsertHead', () => {
  test.each([
    ['INSERT INTO t FORMAT CSV\n1,2\n', ['INSERT INTO t', '', 'CSV', '1,2\n']],
    ['insert into a.t (x, `y(`) values (1, 2)', ['insert into a.t (x, `y(`)', '', 'Values', ' (1, 2)']],
    [
      "INSERT INTO TABLE t SETTINGS a = 1, b = 'c' FORMAT JSONEachRow \r\n{}",
      ['INSERT INTO TABLE t', " SETTINGS a = 1, b = 'c'", 'JSONEachRow', '{}'],
    ],
    [
      'INSERT INTO {t:Identifier} (* EXCEPT(a)) FORMAT RowBinary\n\n\n',
      ['INSERT INTO {t:Identifier} (* EXCEPT(a))', '', 'RowBinary', '\n\n'],
    ],
    ['INSERT /* to */ t /* as */ FORMAT TSV', ['INSERT /* to */ t', '', 'TSV', '']],
  ])('cuts %j', (text, expected) => {
    expect(parts(text)).toEqual(expected);
  });

  test.each([
    'INSERT INTO t SELECT 1',
    'INSERT INTO t (a) WITH 1 AS x SELECT x',
    'SELECT 1 FORMAT CSV',
    'INSERT INTO t',
    '',
  ])('there are no rows in %j', (text) => {
    expect(readInsertHead(text)).toBeUndefined();
  });
});
