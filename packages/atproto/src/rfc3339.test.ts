import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTimeMicros, parseTimeMs } from './rfc3339.ts';

const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

describe('a time', () => {
  test('is what Date says it is, from year 0 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST_MS, max: LAST_MS }), (ms) => {
        expect(parseTimeMs(new Date(ms).toISOString())).toBe(ms);
      }),
    );
  });

  test('in another zone is the same instant', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.nat(23),
        fc.nat(59),
        fc.constantFrom(1, -1),
        (ms, hours, minutes, sign) => {
          const local = new Date(ms + sign * (hours * 60 + minutes) * 60_000).toISOString().slice(0, -1);
          const zone = `${sign > 0 ? '+' : '-'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
          expect(parseTimeMs(local + zone)).toBe(ms);
        },
      ),
    );
  });

  test('keeps microseconds and cuts nanoseconds off', () => {
    expect(parseTimeMicros('2026-07-04T14:38:07.877123999Z')).toBe(Date.parse('2026-07-04T14:38:07Z') * 1000 + 877_123);
    expect(parseTimeMicros('2026-07-04T14:38:07.8Z')).toBe(Date.parse('2026-07-04T14:38:07.8Z') * 1000);
    expect(parseTimeMicros('2026-07-04T14:38:07Z')).toBe(Date.parse('2026-07-04T14:38:07Z') * 1000);
    expect(parseTimeMs('2026-07-04T14:38:07.877999Z')).toBe(Date.parse('2026-07-04T14:38:07.877Z'));
  });

  test('in microseconds is a safe integer or nothing', () => {
    expect(parseTimeMicros('1970-01-01T00:00:00Z')).toBe(0);
    expect(parseTimeMicros('1969-12-31T23:59:59.999Z')).toBeUndefined();
    expect(parseTimeMicros('2255-06-05T23:47:34.740991Z')).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseTimeMicros('2255-06-05T23:47:34.740992Z')).toBeUndefined();
    expect(parseTimeMicros('9999-12-31T23:59:59Z')).toBeUndefined();
  });

  test('may be spelt in small letters, with a space, or in a leap second', () => {
    expect(parseTimeMs('2026-07-04t14:38:07z')).toBe(Date.parse('2026-07-04T14:38:07Z'));
    expect(parseTimeMs('2026-07-04 14:38:07Z')).toBe(Date.parse('2026-07-04T14:38:07Z'));
    expect(parseTimeMs('2016-12-31T23:59:60Z')).toBe(Date.parse('2017-01-01T00:00:00Z'));
    expect(parseTimeMs('2024-02-29T00:00:00Z')).toBe(Date.parse('2024-02-29T00:00:00Z'));
  });

  test.for([
    undefined,
    null,
    1783175888085,
    {},
    [],
    '',
    'yesterday',
    '2026-07-04',
    '2026-07-04T14:38:07',
    '2026-07-04T14:38Z',
    '2026-07-04T14:38:07.Z',
    '2026-07-04T14:38:07.1',
    '2026-07-04T14:38:07ZZ',
    '2026-07-04T14:38:07+0100',
    '2026-07-04T14:38:07+24:00',
    '2026-07-04T14:38:07+01:60',
    '2026-07-04T14:38:07+01-00',
    '2026-07-04T24:00:00Z',
    '2026-07-04T14:60:07Z',
    '2026-07-04T14:38:61Z',
    '2026-13-04T14:38:07Z',
    '2026-00-04T14:38:07Z',
    '2026-02-29T14:38:07Z',
    '1900-02-29T14:38:07Z',
    '2026-04-31T14:38:07Z',
    '2026-07-00T14:38:07Z',
    '+275760-09-13T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '２０２６-07-04T14:38:07Z',
    `2026-07-04T14:38:07.${'1'.repeat(100)}Z`,
  ])('is not %j', (text) => {
    expect(parseTimeMs(text)).toBeUndefined();
    expect(parseTimeMicros(text)).toBeUndefined();
  });

  test('is a whole number of milliseconds for any string', () => {
    const nearly = fc.stringMatching(
      /^\d{4}-[01]\d-[0-3]\d[Tt ][0-2]\d:[0-6]\d:[0-6]\d(\.\d{0,9})?(Z|[+-]\d\d:\d\d)?$/,
    );
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string({ unit: 'binary' })), (text) => {
        expect(Number.isSafeInteger(parseTimeMs(text) ?? 0)).toBe(true);
        expect(Number.isSafeInteger(parseTimeMicros(text) ?? 0)).toBe(true);
      }),
    );
  });
});
