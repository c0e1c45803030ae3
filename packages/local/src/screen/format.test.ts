import { expect, test } from 'vitest';
import { bytes, count, lasting, rowCount, seconds } from './format.ts';

test('numbers are grouped, and never broken', () => {
  expect([0, 4210.4, 1_203_332].map(count)).toEqual(['0', '4,210', '1,203,332']);
});

test('a lag has the unit that fits its size', () => {
  expect([undefined, -1, 0.84, 95, 720, 11_520, 345_600].map(seconds)).toEqual([
    '–',
    '0.0 s',
    '0.8 s',
    '95 s',
    '12 min',
    '3.2 h',
    '4 d',
  ]);
});

test('bytes have the unit that fits their size', () => {
  expect([undefined, 12_300, 1_230_000, 612_000_000, 1_400_000_000].map(bytes)).toEqual([
    '–',
    '12 kB',
    '1.2 MB',
    '612 MB',
    '1.4 GB',
  ]);
});

test('a length of time is short to read', () => {
  expect([0, 42_000, 727_000, 11_109_000, 187_860_000].map(lasting)).toEqual([
    '0:00',
    '0:42',
    '12:07',
    '3:05:09',
    '2 d 04:11',
  ]);
});

test('an estimated count of rows and an upper bound are told from a counted one', () => {
  expect(rowCount({ rows: 285_071, precision: 'exact' })).toBe('285,071');
  expect(rowCount({ rows: 285_071, precision: 'estimate' })).toBe('≈285,000');
  expect(rowCount({ rows: 285_071, precision: 'at most' })).toBe('≤286,000');
  expect(rowCount({ rows: 0, precision: 'at most' })).toBe('≤0');
  expect(rowCount(undefined)).toBe('–');
});
