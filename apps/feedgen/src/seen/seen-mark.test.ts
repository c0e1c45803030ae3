import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packEntries } from './seen-entry.ts';
import { endOf, formatMark, logUntil, parseMark } from './seen-mark.ts';

const entries = fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 40 - 1 }), { maxLength: 50 });

describe('a mark', () => {
  test('is read as it was written, and fits into a cursor', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 99_999 }), entries, entries, (day, first, second) => {
        const mark = { day, ofDay: endOf(packEntries(first)), ofDayBefore: endOf(packEntries(second)) };
        expect(formatMark(mark)).toMatch(/^[\w.]{1,32}$/);
        expect(parseMark(formatMark(mark))).toEqual(mark);
      }),
    );
  });

  test('of anything else is none', () => {
    for (const text of [
      '',
      '0',
      '20000',
      '20000.1.1.1',
      '20000.1.1.1.x',
      '20000.1.1.1.1.1',
      '-2000.1.1.1.1',
      '2e4.1.1.1.1',
    ])
      expect(parseMark(text)).toBeUndefined();
  });
});

describe('invariant 5: a log until its end of a moment', () => {
  test('is as it was then, whatever was added', () => {
    fc.assert(
      fc.property(entries, entries, (before, added) => {
        const then = packEntries(before);
        expect(logUntil(Buffer.concat([then, packEntries(added)]), endOf(then))).toEqual(then);
      }),
    );
  });

  test('is empty when the log was lost and begun again', () => {
    fc.assert(
      fc.property(entries, entries, (before, again) => {
        const then = packEntries(before);
        const now = packEntries(again);
        const { entries: length, check } = endOf(then);
        // Two logs whose entries at this place agree in 16 bits are one in 65,536.
        fc.pre(again.length < length || endOf(now.subarray(0, length * 5)).check !== check);
        expect(logUntil(now, endOf(then))).toHaveLength(0);
      }),
    );
  });

  test('is never more than the log, whatever a forged mark says', () => {
    fc.assert(
      fc.property(entries, fc.nat(99_999), fc.nat(99_999), (log, length, check) => {
        const packed = packEntries(log);
        const read = logUntil(packed, { entries: length, check });
        expect(packed.subarray(0, read.length)).toEqual(read);
      }),
    );
  });
});
