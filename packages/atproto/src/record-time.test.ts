import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EARLIEST_CREATED_AT_MS, recordTime, sortAtMs } from './record-time.ts';
import { formatTid } from './tid.ts';

const tidAt = (time: string) => formatTid({ micros: Date.parse(time) * 1000, clockId: 0 });
const revAt = (time: string) => ({ micros: Date.parse(time) * 1000, clockId: 0 });

const micros = fc.oneof(
  fc.maxSafeNat(),
  fc.integer({ min: Date.UTC(2022, 9), max: Date.UTC(2035, 2) }).map((ms) => ms * 1000 + 999),
);
const tids = fc.record({ micros, clockId: fc.nat(1023) });
const rkeys = fc.oneof(tids.map(formatTid), fc.string(), fc.constant('self'));
const createdAts = fc.option(fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(9999, 0) }), { nil: undefined });

describe('the time of a record', () => {
  test('is its rkey’s, in seconds and in hours', () => {
    expect(recordTime(tidAt('2026-07-04T14:38:07.999Z'))).toEqual({
      recordTimeS: Date.parse('2026-07-04T14:38:07Z') / 1000,
      recordHour: Date.parse('2026-07-04T14:00:00Z') / 3_600_000,
    });
  });

  test.for([
    ['self', false],
    ['2222222222222', false],
    ['zzzzzzzzzzzzz', false],
    [tidAt('2022-10-31T23:59:59.999Z'), false],
    [tidAt('2022-11-01T00:00:00Z'), true],
    [tidAt('2034-12-31T23:59:59.999Z'), true],
    [tidAt('2035-01-01T00:00:00Z'), false],
    [tidAt('2100-01-01T00:00:00Z'), false],
  ] as const)('of rkey %s is known: %s', ([rkey, isKnown]) => {
    expect(recordTime(rkey).recordTimeS > 0).toBe(isKnown);
    expect(recordTime(rkey).recordHour > 0).toBe(isKnown);
  });

  test('has its hour and second agree, within the bounds, for any rkey', () => {
    fc.assert(
      fc.property(rkeys, (rkey) => {
        const { recordTimeS, recordHour } = recordTime(rkey);
        expect(recordHour).toBe(Math.floor(recordTimeS / 3600));
        expect(recordTimeS === 0 || (recordTimeS >= 1_667_260_800 && recordTimeS < 2_051_222_400)).toBe(true);
      }),
    );
  });
});

describe('sort_at', () => {
  test('in seconds never exceeds record_time where there is one, so that pruning by record_hour is exact', () => {
    fc.assert(
      fc.property(tids, rkeys, createdAts, (rev, rkey, createdAtMs) => {
        const { recordTimeS, recordHour } = recordTime(rkey);
        const sortAt = sortAtMs(rev, rkey, createdAtMs);
        fc.pre(recordTimeS > 0);
        expect(Math.floor(sortAt / 1000)).toBeLessThanOrEqual(recordTimeS);
        expect(Math.floor(sortAt / 3_600_000)).toBeLessThanOrEqual(recordHour);
      }),
    );
  });

  test('is never later than the commit, so that nobody posts from the future', () => {
    fc.assert(
      fc.property(tids, rkeys, createdAts, (rev, rkey, createdAtMs) => {
        expect(sortAtMs(rev, rkey, createdAtMs)).toBeLessThanOrEqual(rev.micros / 1000);
      }),
    );
  });

  test('is one of the three times, whole milliseconds, and of a recent commit never absurdly old', () => {
    const recentRevs = tids.filter((tid) => tid.micros >= EARLIEST_CREATED_AT_MS * 1000);
    fc.assert(
      fc.property(recentRevs, rkeys, createdAts, (rev, rkey, createdAtMs) => {
        const sortAt = sortAtMs(rev, rkey, createdAtMs);
        expect(Number.isInteger(sortAt)).toBe(true);
        expect(sortAt).toBeGreaterThanOrEqual(EARLIEST_CREATED_AT_MS);
      }),
    );
  });

  test('is createdAt when that is the earliest, also for an imported archive', () => {
    const rev = revAt('2026-07-04T14:38:08Z');
    const rkey = tidAt('2026-07-04T14:38:07Z');
    expect(sortAtMs(rev, rkey, Date.parse('2026-07-04T14:38:06Z'))).toBe(Date.parse('2026-07-04T14:38:06Z'));
    expect(sortAtMs(rev, rkey, Date.parse('2012-01-01T00:00:00Z'))).toBe(Date.parse('2012-01-01T00:00:00Z'));
  });

  test('does not believe a createdAt of the future, of year 0, of 1970, or none', () => {
    const rev = revAt('2026-07-04T14:38:08Z');
    const rkey = tidAt('2026-07-04T14:38:07Z');
    for (const createdAt of [
      '9999-01-01T00:00:00Z',
      '0000-01-01T00:00:00Z',
      '1970-01-01T00:00:00Z',
      '1999-12-31T23:59:59Z',
    ]) {
      expect(sortAtMs(rev, rkey, Date.parse(createdAt))).toBe(Date.parse('2026-07-04T14:38:07Z'));
    }
    expect(sortAtMs(rev, rkey, undefined)).toBe(Date.parse('2026-07-04T14:38:07Z'));
    expect(sortAtMs(rev, rkey, Number.NaN)).toBe(Date.parse('2026-07-04T14:38:07Z'));
  });

  test('takes the commit’s time when the rkey has none or is out of bounds', () => {
    const rev = revAt('2026-07-04T14:38:08Z');
    for (const rkey of ['self', tidAt('1980-01-01T00:00:00Z'), tidAt('2100-01-01T00:00:00Z')]) {
      expect(sortAtMs(rev, rkey, undefined)).toBe(Date.parse('2026-07-04T14:38:08Z'));
    }
  });
});
