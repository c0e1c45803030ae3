import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Candidate, isComplete, orderPosts, type RankingQuery, type Tallies } from './ranking.ts';

const QUERY: RankingQuery = {
  asOfMs: 100 * 3_600_000,
  windowMs: 24 * 3_600_000,
  minimumAgeMs: 0,
  minimumLikes: 1,
  gravity: undefined,
  weights: { likes: 1, reposts: 0, replies: 0 },
  size: 10,
  replies: true,
  mediaOnly: false,
  languages: [],
};

const candidate = (n: number, more: Partial<Candidate> = {}): Candidate => ({
  rowVersion: '2',
  key: String(n),
  did: `did:x:${n}`,
  uri: `at://${n}`,
  sortAtMs: 99 * 3_600_000,
  atMost: 0,
  rows: 0,
  ...more,
});
const liked = (likes: readonly number[]): Tallies => ({
  likes: new Map(likes.map((count, n) => [String(n), count])),
  reposts: new Map(),
  replies: new Map(),
});
const order = (candidates: readonly Candidate[], tallies: Tallies, query: Partial<RankingQuery> = {}) =>
  orderPosts(candidates, tallies, { ...QUERY, ...query }).map(({ uri }) => uri);

describe('an order of posts', () => {
  test('goes by score, then by time, then by uri', () => {
    const posts = [candidate(0), candidate(1), candidate(2, { sortAtMs: 99.5 * 3_600_000 }), candidate(3)];
    expect(order(posts, liked([5, 5, 5, 6]))).toEqual(['at://3', 'at://2', 'at://0', 'at://1']);
  });

  test('sinks with age in fractional hours', () => {
    const [young, old] = [candidate(0), candidate(1, { sortAtMs: 90 * 3_600_000 })];
    const [ranked] = orderPosts([young], liked([11]), { ...QUERY, gravity: 1.8 });
    expect(ranked?.score).toBeCloseTo(10 / 3 ** 1.8, 12);
    expect(order([old, young], liked([10, 20]), { gravity: 1.8 })).toEqual(['at://0', 'at://1']);
  });

  test('leaves out posts with too few likes, and more than its share of one author', () => {
    const posts = [
      candidate(0, { did: 'a' }),
      candidate(1, { did: 'a' }),
      candidate(2, { did: 'b' }),
      candidate(3, { did: 'b' }),
    ];
    expect(order(posts, liked([4, 3, 2, 1]), { perAuthor: 1 })).toEqual(['at://0', 'at://2']);
    expect(order(posts, liked([4, 3, 2, 1]), { minimumLikes: 3 })).toEqual(['at://0', 'at://1']);
  });
});

test('a ranking of the first candidates that is complete is the ranking of all', () => {
  const post = fc.record({
    likes: fc.nat({ max: 30 }),
    hidden: fc.nat({ max: 10 }),
    ageHours: fc.nat({ max: 23 }),
    author: fc.nat({ max: 5 }),
  });
  const settings = fc.record({
    size: fc.integer({ min: 1, max: 8 }),
    limit: fc.integer({ min: 1, max: 20 }),
    perAuthor: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    gravity: fc.constantFrom(undefined, 1.8),
  });
  fc.assert(
    fc.property(fc.array(post, { maxLength: 40 }), settings, (posts, { size, limit, perAuthor, gravity }) => {
      const query = { ...QUERY, size, perAuthor, gravity };
      const scored = (sum: number, ageHours: number) =>
        gravity === undefined ? sum : (sum - 1) / (ageHours + 2) ** gravity;
      const all = posts
        .map(({ likes, hidden, ageHours, author }, n) =>
          candidate(n, {
            did: String(author),
            sortAtMs: QUERY.asOfMs - ageHours * 3_600_000,
            atMost: scored(likes + hidden, ageHours),
          }),
        )
        .toSorted((a, b) => b.atMost - a.atMost);
      const tallies = liked(posts.map(({ likes }) => likes));
      const first = all.slice(0, limit);
      const ranked = orderPosts(first, tallies, query);
      if (first.length === limit && !isComplete(ranked, first, size)) return;
      expect(ranked.slice(0, size)).toEqual(orderPosts(all, tallies, query).slice(0, size));
    }),
    { numRuns: 500 },
  );
});
