import { expect, it } from 'vitest';
import { oldestWholeDay } from './retention.ts';

it('oldestWholeDay is the first day that no row of posts, likes, follows or blocks has left yet', () => {
  const noonOfDay100 = 100.5 * 86_400_000;
  expect(oldestWholeDay(new Map(), noonOfDay100)).toBe(0);
  expect(oldestWholeDay(new Map([['reposts', 1]]), noonOfDay100)).toBe(0);
  // Rows go 10 days after their moment: those of day 90's morning have gone, day 91 is whole.
  expect(
    oldestWholeDay(
      new Map([
        ['posts', 30],
        ['likes', 10],
      ]),
      noonOfDay100,
    ),
  ).toBe(91);
  expect(oldestWholeDay(new Map([['repo_records', 20]]), noonOfDay100)).toBe(81);
});
