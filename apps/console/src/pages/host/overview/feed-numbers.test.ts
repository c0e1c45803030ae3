import { expect, test } from 'vitest';
import { daysOf, type FeedNumbers, lineOf, measure, partsOf, sumOf } from './feed-numbers.ts';

const row = (numbers: Partial<FeedNumbers>): FeedNumbers => ({
  feed: 'ducks',
  num_requests: 10,
  num_viewers: 5,
  num_served: 100,
  num_seen: 50,
  num_likes: 2,
  num_reposts: 0,
  num_replies: 0,
  num_quotes: 0,
  num_request_less: 1,
  num_request_more: 0,
  ...numbers,
});
const withheld = { num_requests: null, num_viewers: null, num_served: null, num_seen: null, num_likes: null };
const report = (days: Record<string, FeedNumbers[]>) => ({
  updated_at: '2026-11-26T00:00:00Z',
  days: Object.entries(days).map(([date, feeds]) => ({ date, feeds })),
});

test('rates are for 1,000 posts seen, and nothing where none was seen or nothing is told', () => {
  expect(measure(row({}), 'likesPerSeen')).toBe(40);
  expect(measure(row({ num_seen: 0 }), 'likesPerSeen')).toBeNull();
  expect(measure(row(withheld), 'lessPerSeen')).toBeNull();
  expect(measure(undefined, 'requests')).toBeNull();
});

test('a day of which nothing is told is a gap in the line, not a zero, and days rise', () => {
  const days = report({ '2026-11-22': [row({})], '2026-11-20': [row({ num_requests: 7 })] });
  expect(daysOf(days)).toHaveLength(3);
  expect(lineOf(days, 'requests')).toEqual([7, null, 10]);
});

test('each variant has its own line', () => {
  const days = report({ '2026-11-20': [row({ variant: '', num_likes: 1 }), row({ variant: 'calm', num_likes: 9 })] });
  expect(partsOf(days, 'variant')).toEqual(['', 'calm']);
  expect(lineOf(days, 'likes', { key: 'variant', name: 'calm' })).toEqual([9]);
});

test('positions stand from the top of the feed', () => {
  const places = ['301-', '1-3', '31-100', '4-10'].map((position) => row({ position }));
  expect(partsOf(report({ '2026-11-20': places }), 'position')).toEqual(['1-3', '4-10', '31-100', '301-']);
});

test('a sum leaves out days that are not told and does not add up viewers', () => {
  const days = report({
    '2026-11-20': [row({ position: '1-3' })],
    '2026-11-21': [row({ position: '1-3', ...withheld })],
    '2026-11-22': [row({ position: '1-3', num_likes: 3 })],
  });
  expect(sumOf(days, 'position', '1-3')).toMatchObject({ num_seen: 100, num_likes: 5, num_viewers: null });
  expect(sumOf(days, 'position', '4-10')).toBeUndefined();
});
