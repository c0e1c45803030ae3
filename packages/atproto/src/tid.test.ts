import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTid, parseTid } from './tid.ts';

const tids = fc.record({ micros: fc.maxSafeNat(), clockId: fc.nat(1023) });
const almostTids = fc.string({
  unit: fc.constantFrom(...'234567abcdefghijklmnopqrstuvwxyz'),
  minLength: 13,
  maxLength: 13,
});

describe('a TID', () => {
  test('of the live network is read to its microsecond', () => {
    expect(parseTid('3mptbyplj5d2a')).toEqual({
      micros: Date.parse('2026-07-04T14:38:07.502Z') * 1000 + 441,
      clockId: 6,
    });
  });

  test('survives being written and read', () => {
    fc.assert(
      fc.property(tids, (tid) => {
        expect(parseTid(formatTid(tid))).toEqual(tid);
      }),
    );
  });

  test('survives being read and written', () => {
    fc.assert(
      fc.property(almostTids, (text) => {
        const tid = parseTid(text);
        expect(tid === undefined ? text[0] : formatTid(tid)).toBe(tid === undefined ? text[0] : text);
        expect(tid === undefined).toBe(!'234567ab'.includes(text.charAt(0)));
      }),
    );
  });

  test('sorts as text as it does as a number', () => {
    fc.assert(
      fc.property(tids, tids, (a, b) => {
        const byNumber = a.micros - b.micros || a.clockId - b.clockId;
        expect(Math.sign(byNumber)).toBe(formatTid(a) < formatTid(b) ? -1 : Number(formatTid(a) > formatTid(b)));
      }),
    );
  });

  test('is nothing else', () => {
    for (const text of [
      '',
      '3mptbyplj5d2',
      '3mptbyplj5d2aa',
      '3mptbyplj5d21',
      '3mptbyplj5D2a',
      'c222222222222',
      'zzzzzzzzzzzzz',
    ]) {
      expect(parseTid(text)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseTid(text)?.micros ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('is not made of numbers that it cannot hold', () => {
    for (const tid of [
      { micros: -1, clockId: 0 },
      { micros: 2 ** 53, clockId: 0 },
      { micros: 0.5, clockId: 0 },
      { micros: 0, clockId: 1024 },
    ]) {
      expect(() => formatTid(tid)).toThrow(RangeError);
    }
  });
});
