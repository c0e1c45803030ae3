import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLikeGraph } from '../graph/like-graph.ts';
import { createBestOf } from './best-of.ts';
import { createRecommender } from './recommend.ts';
import type { Request } from './request.ts';
import { effortOf, FULL_EFFORT } from './settings.ts';

const HOUR = 480_000;
const NOW_MS = HOUR * 3_600_000 + 1_800_000;

type Pair = readonly [account: number, post: number];

/** Each post is by account 100 + its number. */
function graphOf(hours: readonly (readonly Pair[])[]) {
  const graph = createLikeGraph();
  for (const [age, pairs] of hours.entries()) {
    const reading = graph.beginHour(HOUR - age);
    for (const [account, post] of pairs) reading.add(account, 1, post, 2);
    reading.commit();
  }
  for (let post = 0; post < 60; post++)
    graph.learn({
      keyLo: post,
      keyHi: 2,
      authorLo: 100 + post,
      authorHi: 1,
      did: `did:web:author${post}.example`,
      rkey: '3l3frqadlo32h',
      sortAtS: NOW_MS / 1_000 - 900,
      isReply: post % 10 === 9,
      hasMedia: false,
      langs: 'en',
      root: post,
    });
  return graph;
}

const requestOf = (viewer: number, more: Partial<Request> = {}): Request => ({
  viewer: { lo: viewer, hi: 1 },
  asOfMs: NOW_MS,
  windowMs: 24 * 3_600_000,
  replies: false,
  mediaOnly: false,
  languages: [],
  limit: 100,
  effort: FULL_EFFORT,
  ...more,
});

const postsOf = (pairs: readonly { readonly root: number }[]) => pairs.map(({ root }) => root);
const pair = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 59 }));
const hours = fc.array(fc.array(pair, { maxLength: 60 }), { minLength: 1, maxLength: 4 });

test('nobody is given what they like, what they wrote or what the feed has no place for, and each candidate is liked by so many co-likers', () => {
  fc.assert(
    fc.property(hours, fc.integer({ min: 0, max: 12 }), (world, viewer) => {
      const recommender = createRecommender(graphOf(world));
      const pairs = world.flat();
      const likedBy = (account: number) => new Set(pairs.filter(([who]) => who === account).map(([, post]) => post));
      const mine = likedBy(viewer);
      for (const { root, coLikers } of recommender.recommend(requestOf(viewer))) {
        expect(mine.has(root)).toBe(false);
        expect(root % 10).not.toBe(9);
        const actual = [...new Set(pairs.map(([who]) => who))].filter(
          (who) => who !== viewer && likedBy(who).has(root) && [...likedBy(who)].some((post) => mine.has(post)),
        );
        expect(coLikers).toBe(actual.length);
      }
    }),
  );
});

test('a recommendation leaves nothing behind: the same question has the same answer, and its explanation the same score', () => {
  fc.assert(
    fc.property(hours, fc.integer({ min: 0, max: 12 }), (world, viewer) => {
      const recommender = createRecommender(graphOf(world));
      const first = recommender.recommend(requestOf(viewer));
      for (let other = 0; other <= 12; other++) recommender.recommend(requestOf(other));
      expect(recommender.recommend(requestOf(viewer))).toEqual(first);
      for (let post = 0; post < 60; post++) {
        const given = first.find(({ root }) => root === post);
        const { rule, coLikers, parts } = recommender.explain(requestOf(viewer), { lo: post, hi: 2 });
        expect(rule === undefined).toBe(given !== undefined);
        if (given !== undefined)
          expect({ coLikers, score: parts?.score }).toEqual({ coLikers: given.coLikers, score: given.score });
      }
    }),
  );
});

test('in a world in which everybody likes one post nobody is given anything', () => {
  const world: Pair[] = Array.from({ length: 5_000 }, (_, n) => [n, 0]);
  const recommender = createRecommender(graphOf([world]));
  expect(recommender.recommend(requestOf(7))).toEqual([]);
  expect(recommender.recommend(requestOf(9_999, { likes: [{ lo: 0, hi: 2, atMs: NOW_MS }] }))).toEqual([]);
});

test('neither an account that likes everything nor a post that everybody likes wins by mass', () => {
  const world: Pair[] = [
    [0, 1],
    [0, 2],
  ];
  // Account 1 shares the viewer's taste and likes post 10. Account 2 likes everything. All like post 20, the crowd without sharing anything.
  world.push([1, 1], [1, 2], [1, 10]);
  for (let post = 1; post < 60; post++) if (post !== 10) world.push([2, post]);
  for (let n = 0; n < 500; n++) world.push([1_000 + n, 20]);
  const [first] = createRecommender(graphOf([world])).recommend(requestOf(0));
  expect(first?.root).toBe(10);
});

test('a like of several hours counts once', () => {
  const world: Pair[][] = [
    [
      [0, 1],
      [1, 1],
      [1, 2],
    ],
    [
      [1, 2],
      [0, 1],
    ],
    [[1, 2]],
  ];
  expect(createRecommender(graphOf(world)).recommend(requestOf(0))).toMatchObject([{ root: 2, coLikers: 1 }]);
});

test('fresh likes come before those of the graph, and a viewer whom it does not know is served by them', () => {
  const recommender = createRecommender(
    graphOf([
      [
        [1, 1],
        [1, 2],
        [2, 3],
        [2, 4],
      ],
    ]),
  );
  const likes = [{ lo: 1, hi: 2, atMs: NOW_MS - 1_000 }];
  expect(postsOf(recommender.recommend(requestOf(50, { likes: [] })))).toEqual([]);
  expect(recommender.recommend(requestOf(50, { likes }))).toEqual([]); // only one likes it in the graph: nobody else is known to
  const shared = createRecommender(
    graphOf([
      [
        [1, 1],
        [3, 1],
        [1, 2],
        [2, 3],
      ],
    ]),
  );
  expect(postsOf(shared.recommend(requestOf(50, { likes })))).toEqual([2]);
});

test('less effort looks at less, never at nothing', () => {
  for (const share of [1, 0.5, 0.1, 0.001])
    expect(Object.values(effortOf(share)).every((much) => Number.isInteger(much) && much >= 1)).toBe(true);
  expect(effortOf(1)).toEqual(FULL_EFFORT);
});

test('the best of many are kept, whatever their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: 0, max: 20 }), (scores, limit) => {
      const best = createBestOf(limit);
      for (const [id, score] of scores.entries()) best.offer(id, score);
      expect(best.take().map(({ score }) => score)).toEqual(scores.toSorted((a, b) => b - a).slice(0, limit));
    }),
  );
});
