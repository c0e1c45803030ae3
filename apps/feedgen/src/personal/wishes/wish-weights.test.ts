import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Wish, wishWeights } from './wish-weights.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 26);
const author = fc.constantFrom('ann', 'bob', 'cat');
const topics = fc.uniqueArray(fc.constantFrom('#a', '#b', 'example.org'), { maxLength: 3 });
const post = fc.record({ author, topics });
const wish = fc.record({
  author,
  topics,
  isMore: fc.boolean(),
  atMs: fc.integer({ min: NOW_MS - 120 * DAY_MS, max: NOW_MS + DAY_MS }),
});
const wishOf = (of: Partial<Wish>): Wish => ({ author: 'ann', topics: [], isMore: false, atMs: NOW_MS, ...of });

test('a factor is from 1/16 to 4, whatever was wished', () => {
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 500 }), post, (wishes, of) => {
      const factor = wishWeights(wishes, NOW_MS)(of);
      expect(factor).toBeGreaterThanOrEqual(1 / 16);
      expect(factor).toBeLessThanOrEqual(4);
    }),
  );
});

test('a post of which nobody spoke, by author or topic, keeps its score', () => {
  fc.assert(
    fc.property(fc.array(wish), topics, (wishes, ofPost) => {
      const others = wishes.map((one) => ({ ...one, topics: one.topics.filter((topic) => !ofPost.includes(topic)) }));
      expect(wishWeights(others, NOW_MS)({ author: 'dan', topics: ofPost })).toBe(1);
    }),
  );
});

test('one more wish for less never raises the author, and one for more never lowers it', () => {
  fc.assert(
    fc.property(fc.array(wish), fc.boolean(), (wishes, isMore) => {
      const of = { author: 'ann', topics: [] };
      const before = wishWeights(wishes, NOW_MS)(of);
      const after = wishWeights([...wishes, wishOf({ isMore })], NOW_MS)(of);
      if (isMore) expect(after).toBeGreaterThanOrEqual(before);
      else expect(after).toBeLessThanOrEqual(before);
    }),
  );
});

test('a wish for less halves the author and the topic, one for more raises them by half, and both fade in 90 days', () => {
  const factor = (wishes: Partial<Wish>[], of = 'ann', about: readonly string[] = []) =>
    wishWeights(wishes.map(wishOf), NOW_MS)({ author: of, topics: about });
  expect(factor([{}])).toBeCloseTo(1 / 2);
  expect(factor([{ isMore: true }])).toBeCloseTo(1.5);
  expect(factor([{ topics: ['#a', '#b'] }], 'bob', ['#a', '#b'])).toBeCloseTo(1 / 2);
  expect(factor([{ topics: ['#a'] }], 'ann', ['#a'])).toBeCloseTo(1 / 4);
  expect(
    factor([{ topics: ['#a'] }, { author: 'cat', topics: ['#b'], isMore: true }], 'bob', ['#a', '#b']),
  ).toBeCloseTo(1 / 2);
  expect(factor([{ atMs: NOW_MS - 45 * DAY_MS }])).toBeCloseTo(Math.SQRT1_2);
  expect(factor([{ atMs: NOW_MS - 90 * DAY_MS }])).toBe(1);
});
