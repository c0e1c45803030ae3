import { expect, test } from 'vitest';
import { barPlace, hasBars } from './chart-options.ts';

test('a few days are bars, more days and moments are lines', () => {
  expect([1, 2, 4, 5, 90].map((count) => hasBars('day', count))).toEqual([true, true, true, false, false]);
  expect(hasBars('moment', 2)).toBe(false);
});

test('the bars of a day stand beside each other, around its middle, and none on another', () => {
  for (const of of [1, 2, 3, 5]) {
    const places = Array.from({ length: of }, (_, index) => barPlace(index, of));
    expect(places[0]?.[0]).toBeCloseTo(-0.3);
    for (const [index, [from, width]] of places.entries())
      expect(from + width).toBeLessThanOrEqual(places[index + 1]?.[0] ?? 0.3);
  }
});
