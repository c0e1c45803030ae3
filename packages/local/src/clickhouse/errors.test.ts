import { describe, expect, test } from 'vitest';
import { ClickHouseException, httpStatus } from './errors.ts';

describe('ClickHouseException.fromEngine', () => {
  test('keeps the words of the engine, and knows code and type', () => {
    const error = ClickHouseException.fromEngine(
      new Error('Query failed: Code: 60. DB::Exception: Table a.b does not exist. (UNKNOWN_TABLE)'),
    );
    expect(error).toMatchObject({ code: 60, type: 'UNKNOWN_TABLE' });
    expect(error.message).toBe('Code: 60. DB::Exception: Table a.b does not exist. (UNKNOWN_TABLE)');
  });

  test('hides the clauses and files that only this server put there', () => {
    const error = ClickHouseException.fromEngine(
      new Error(
        "Code: 33. DB::Exception: Code: 33. DB::Exception: No: (in file/uri /d/http-tmp/rows-1): near FROM INFILE '/d/it\\'s' FORMAT x INTO OUTFILE '/d/p' TRUNCATE. (CANNOT_READ_ALL_DATA)",
      ),
    );
    expect(error.message).toBe('Code: 33. DB::Exception: No: near FORMAT x. (CANNOT_READ_ALL_DATA)');
  });

  test('anything else becomes an unknown exception', () => {
    expect(ClickHouseException.fromEngine(new Error('boom')).message).toBe(
      'Code: 1002. DB::Exception: boom (UNKNOWN_EXCEPTION)',
    );
  });
});

test('the status is the one that ClickHouse answers with', () => {
  expect([60, 62, 81, 115, 164, 202, 394, 497, 516, 48].map(httpStatus)).toEqual([
    404, 400, 404, 404, 500, 500, 500, 403, 403, 501,
  ]);
});
