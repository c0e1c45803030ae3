import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrange } from './arrange.ts';

const arrangeable = fc.record({
  did: fc.constantFrom('a', 'b', 'c', 'd'),
  score: fc.double({ min: 0.001, max: 100, noNaN: true }),
  seed: fc.integer({ min: 0, max: 3 }),
  root: fc.integer({ min: 0, max: 5 }),
});

test('an order holds each author’s share and the feed’s size, and loses nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(arrangeable, { maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 20 }),
      (all, perAuthor, size) => {
        const arranged = arrange(all, { size, perAuthor });
        const counts = Map.groupBy(all, ({ did }) => did);
        const most = [...counts.values()].reduce((sum, posts) => sum + Math.min(perAuthor, posts.length), 0);
        expect(arranged).toHaveLength(Math.min(size, most));
        expect(new Set(arranged).size).toBe(arranged.length);
        for (const [, posts] of Map.groupBy(arranged, ({ did }) => did))
          expect(posts.length).toBeLessThanOrEqual(perAuthor);
      },
    ),
  );
});

test('no two of an author follow each other while another is there', () => {
  const post = (did: string, score: number, root: number) => ({ did, score, seed: 0, root });
  const all = [post('a', 9, 1), post('a', 8, 2), post('b', 1, 3), post('a', 7, 4), post('c', 0.5, 3)];
  expect(arrange(all, { size: 5, perAuthor: 3 }).map(({ did }) => did)).toEqual(['a', 'b', 'a', 'c', 'a']);
});
