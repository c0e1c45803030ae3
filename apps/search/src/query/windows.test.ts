import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextReach } from './windows.ts';

const HOUR = 3_600_000;

describe('how far a search looks back', () => {
  test('is an hour at first, then as far as the page promises to be full', () => {
    expect(nextReach(0, 0, 26)).toBe(HOUR);
    expect(nextReach(HOUR, 4, 26)).toBe(Math.ceil((HOUR * 26 * 1.3) / 4));
    expect(nextReach(HOUR, 25, 26)).toBe(2 * HOUR);
    expect(nextReach(HOUR, 1, 100)).toBe(24 * HOUR);
  });

  test('is all time for what the last days do not hold', () => {
    expect(nextReach(HOUR, 0, 26)).toBe(24 * HOUR);
    expect(nextReach(240 * HOUR, 0, 26)).toBe(Number.POSITIVE_INFINITY);
  });

  test('grows with each step, so that all time is reached in a few', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(25), { minLength: 30, maxLength: 30 }), (finds) => {
        let reach = 0;
        let steps = 0;
        for (const found of finds) {
          if (reach > 20 * 365 * 24 * HOUR) break;
          const next = nextReach(reach, found, 26);
          expect(next).toBeGreaterThanOrEqual(reach * 2);
          reach = next;
          steps++;
        }
        expect(steps).toBeLessThan(20);
      }),
    );
  });
});
