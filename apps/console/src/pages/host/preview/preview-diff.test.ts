import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countChanges, diffPreview } from './preview-diff.ts';

test('posts that others push down are kept, and the one that jumped has moved', () => {
  const { present, changed } = diffPreview(['a', 'b', 'c'], ['x', 'c', 'a', 'b']);
  expect(changed).toEqual([
    { uri: 'x', before: undefined, after: 1, change: 'came' },
    { uri: 'c', before: 3, after: 2, change: 'moved' },
    { uri: 'a', before: 1, after: 3, change: 'kept' },
    { uri: 'b', before: 2, after: 4, change: 'kept' },
  ]);
  expect(present.map(({ change }) => change)).toEqual(['kept', 'kept', 'moved']);
});

test('a post that only the present list has went', () => {
  const diff = diffPreview(['a', 'b'], ['b']);
  expect(diff.present[0]).toEqual({ uri: 'a', before: 1, after: undefined, change: 'went' });
  expect(countChanges(diff)).toEqual({ came: 0, went: 1, moved: 0 });
});

test('a list reversed keeps one post', () => {
  expect(countChanges(diffPreview(['a', 'b', 'c', 'd'], ['d', 'c', 'b', 'a']))).toEqual({ came: 0, went: 0, moved: 3 });
});

const list = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String));

test('without what came, went and moved, both lists are the same', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const { present, changed } = diffPreview(before, after);
      const kept = (rows: typeof present) => rows.filter(({ change }) => change === 'kept').map(({ uri }) => uri);
      expect(kept(present)).toEqual(kept(changed));
      expect(present.map(({ uri }) => uri)).toEqual(before);
      expect(changed.map(({ uri }) => uri)).toEqual(after);
    }),
  );
});

test('a list beside itself has no change', () => {
  fc.assert(
    fc.property(list, (posts) => {
      expect(countChanges(diffPreview(posts, posts))).toEqual({ came: 0, went: 0, moved: 0 });
    }),
  );
});
