import { expect, test } from 'vitest';
import { withCards } from './use-post-cards.ts';

const uris = (count: number): string[] => Array.from({ length: count }, (_, index) => `at://post/${index}`);

test('a list of thousands of posts keeps all its cards, and forgets those of lists before it', () => {
  const before = new Map(['at://of-another-list', ...uris(2_000)].map((uri) => [uri, undefined]));
  const known = withCards(before, { wanted: uris(2_025), asked: uris(2_025).slice(2_000), posts: [] });
  expect(uris(2_025).filter((uri) => !known.has(uri))).toEqual([]);
  expect(known.has('at://of-another-list')).toBe(false);
});
