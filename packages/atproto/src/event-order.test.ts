import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOCK_TOLERANCE_MICROS, isClockError, orderMicros } from './event-order.ts';

const MINUTE = 60_000_000;
const NOW = 1_783_175_880_000_000;
const micros = fc.integer({ min: NOW - 1e12, max: NOW + 1e12 });

describe('what orders an account\u2019s events', () => {
  test('is the inner time, however late a host shows it', () => {
    fc.assert(
      fc.property(micros, fc.nat(1e12), (eventMicros, late) => {
        const timeUs = eventMicros + late - CLOCK_TOLERANCE_MICROS;
        expect(orderMicros({ eventMicros, timeUs })).toBe(eventMicros);
      }),
    );
  });

  test('is the host\u2019s time for an inner time that it had not reached', () => {
    const fast = { eventMicros: NOW + 9 * MINUTE, timeUs: NOW };
    expect(orderMicros(fast)).toBe(NOW);
    expect(orderMicros(fast)).toBeLessThan(orderMicros({ eventMicros: NOW + 1, timeUs: NOW + 1 }));
  });

  test('is the inner time where the host\u2019s time is none', () => {
    for (const timeUs of [0, 1, 1_000_000_000]) expect(orderMicros({ eventMicros: NOW, timeUs })).toBe(NOW);
    expect(isClockError({ eventMicros: NOW, timeUs: 1 })).toBe(false);
  });

  test('of many copies is never later than the greatest of inner time and host\u2019s times', () => {
    fc.assert(
      fc.property(micros, fc.array(micros, { minLength: 1 }), (eventMicros, times) => {
        const last = Math.max(...times.map((timeUs) => orderMicros({ eventMicros, timeUs })));
        expect(last).toBeLessThanOrEqual(eventMicros);
        // One copy that is no clock error makes it exact.
        if (times.some((timeUs) => !isClockError({ eventMicros, timeUs }))) expect(last).toBe(eventMicros);
      }),
    );
  });
});
