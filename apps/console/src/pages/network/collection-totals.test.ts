import { expect, it } from 'vitest';
import { collectionTotals, daysOfCollection } from './collection-totals.ts';

const like = { collection: 'app.bsky.feed.like', creates: 5, updates: 0, deletes: 1 };
const post = { collection: 'app.bsky.feed.post', creates: 9, updates: 1, deletes: 2 };
const days = [
  { date: '2026-07-03', collections: [like, post] },
  { date: '2026-07-04', collections: [like] },
];

it('a collection counts over all days, the busiest first', () => {
  expect(collectionTotals(days)).toEqual(
    [
      { ...post, operations: 12 },
      { ...like, creates: 10, deletes: 2, operations: 12 },
    ].toSorted((a, b) => (a.collection < b.collection ? -1 : 1)),
  );
  expect(collectionTotals([...days, ...days.slice(0, 1)]).map(({ collection }) => collection)).toEqual([
    'app.bsky.feed.post',
    'app.bsky.feed.like',
  ]);
});

it('a day without a collection has zeros', () => {
  expect(daysOfCollection(days, post.collection)).toEqual([post, { ...post, creates: 0, updates: 0, deletes: 0 }]);
});
