import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planSlices } from './slices.ts';

const hours = fc.uniqueArray(fc.record({ hour: fc.nat({ max: 300 }), rows: fc.integer({ min: 1, max: 50 }) }), {
  selector: ({ hour }) => hour,
});

test('slices hold every hour once, newest first, and none much more than its size', () => {
  fc.assert(
    fc.property(hours, fc.integer({ min: 1, max: 100 }), fc.nat({ max: 301 }), (all, size, below) => {
      const slices = planSlices(all, size, below);
      for (const { hour } of all) {
        const holding = slices.filter(({ from, to }) => from <= hour && hour <= to);
        expect(holding.map(({ part }) => part)).toEqual(hour < below ? [...Array(holding[0]?.parts).keys()] : []);
      }
      expect(slices.map(({ from }) => from)).toEqual(slices.map(({ from }) => from).toSorted((a, b) => b - a));
      for (const { rows } of slices) expect(rows).toBeLessThanOrEqual(2 * size);
      const total = all.filter(({ hour }) => hour < below).reduce((sum, { rows }) => sum + rows, 0);
      expect(slices.reduce((sum, { rows }) => sum + rows, 0)).toBeCloseTo(total);
    }),
  );
});

test('hours to come belong to the first slice, keys without a time have one of their own', () => {
  const slices = planSlices(
    [
      { hour: 0, rows: 5 },
      { hour: 7, rows: 2 },
      { hour: 8, rows: 1 },
    ],
    10,
  );
  expect(slices).toEqual([
    { from: 7, to: 2 ** 32 - 1, parts: 1, part: 0, rows: 3 },
    { from: 0, to: 6, parts: 1, part: 0, rows: 5 },
  ]);
});
