import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRemark } from './lines.ts';

describe('what of a log belongs on the screen', () => {
  test('warnings and errors with their reason do, information does not', () => {
    expect(readRemark('{"level":"info","msg":"batch written"}', 'stdout')).toBeUndefined();
    expect(readRemark('{"level":"warn","msg":"write failed","err":{"message":"refused"}}', 'stdout')).toEqual({
      level: 'warn',
      text: 'write failed: refused',
    });
    expect(readRemark('{"level":"fatal","msg":"the service failed"}', 'stdout')).toEqual({
      level: 'error',
      text: 'the service failed',
    });
  });

  test('a plain line on stderr is an error, its stack is not repeated', () => {
    expect(readRemark('indexer: WS_URL is missing', 'stderr')).toEqual({
      level: 'error',
      text: 'indexer: WS_URL is missing',
    });
    for (const line of ['    at file.ts:3:4', 'Node.js v26.10.0', 'node:internal/modules', '', '   ^']) {
      expect(readRemark(line, 'stderr')).toBeUndefined();
    }
  });

  test('escape sequences of strangers never reach the terminal', () => {
    const remark = readRemark('bad \u001B[31m host \u0007', 'stderr');
    expect(remark?.text).toBe('bad  [31m host');
  });

  test('any line is read without a throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        const remark = readRemark(line, 'stderr');
        expect(remark === undefined || !/\p{Cc}/u.test(remark.text)).toBe(true);
      }),
    );
  });
});
