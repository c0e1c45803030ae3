import { expect, test } from 'vitest';
import { forEachOf } from './for-each-of.ts';

test('each item is dealt with once, and only a few at the same time', async () => {
  const dealt: number[] = [];
  let running = 0;
  let most = 0;
  await forEachOf([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve));
    dealt.push(item);
    running--;
  });
  expect(dealt.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test('an empty list needs nothing', async () => {
  await forEachOf([], 3, () => Promise.reject(new Error('it was asked')));
});
