import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, expectedEnd, spend } from './allowance.ts';

const NOON = Date.UTC(2026, 6, 4, 12);
const HOUR = 3_600_000;
const nothingSpent = { pointsHour: 0, hourStartedAt: 0, pointsToday: 0, numDeletedToday: 0, today: 0 };
const { maxPerHour, maxPerDay } = DEFAULT_POLICY;

describe('the expected end of a clean-up', () => {
  test('is now for what the hour allows, and hours later for more', () => {
    expect(expectedEnd(nothingSpent, 0, NOON)).toBe(NOON);
    expect(expectedEnd(nothingSpent, maxPerHour, NOON)).toBe(NOON);
    expect(expectedEnd(nothingSpent, maxPerHour + 1, NOON)).toBe(NOON + HOUR);
    expect(expectedEnd(spend(nothingSpent, maxPerHour, NOON), 1, NOON + 1)).toBe(NOON + HOUR);
  });

  test('waits for the next day when the day allows no more', () => {
    const midnight = NOON + 12 * HOUR;
    expect(expectedEnd(nothingSpent, maxPerDay, NOON)).toBeLessThan(midnight);
    expect(expectedEnd(nothingSpent, maxPerDay + 1, NOON)).toBe(midnight);
  });

  test('is not told beyond a year', () => {
    expect(expectedEnd(nothingSpent, maxPerDay * 1_000, NOON)).toBeUndefined();
  });
});
