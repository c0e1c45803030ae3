import { expect, test } from 'vitest';
import { verdictOf } from './verdict-words.ts';

const build = { id: 'b', asOf: '2026-11-26T09:00:00Z', posts: 9, isCut: false };

test('a post that shows has its place, and whether it stays', () => {
  const shown = { isShown: true, build: { ...build, place: 3 } };
  expect(verdictOf({ ...shown, isTaken: true }).title).toBe('It is in the feed, at place 3');
  expect(verdictOf({ ...shown, isTaken: false }).detail).toBe('The next build will not have it.');
});

test('a post that is cut from pages is not said to be in the feed, though the build has it', () => {
  const cut = { ...build, place: 3, isCut: true };
  expect(verdictOf({ isShown: false, isTaken: false, build: cut }).title).toMatch(/^It is not in the feed/);
});

test('a post that comes with the next build is told apart from one that does not', () => {
  expect(verdictOf({ isShown: false, isTaken: true, build }).title).toBe('It is not in the feed yet');
  expect(verdictOf({ isShown: false, isTaken: false, build }).title).toBe('It is not in the feed');
});
