import { expect, test } from 'vitest';
import { ROW_KIND } from '../segment/row.ts';
import { likeRow } from '../segment/rows.fixture.ts';
import { createCollectionFilter, createRowFilter, type RowFilter } from './row-filter.ts';

const like = likeRow(5);
const account = { ...like, kind: ROW_KIND.account, collection: '' };
const wants = (filter: Partial<RowFilter>, row = like): boolean =>
  createRowFilter({ afterSeq: 0, beforeSeq: 10, ...filter })(row);

test('a row is wanted after one seq, exclusive, up to another, inclusive', () => {
  expect([4, 5, 6].map((afterSeq) => wants({ afterSeq }))).toEqual([true, false, false]);
  expect([4, 5, 6].map((beforeSeq) => wants({ beforeSeq }))).toEqual([false, true, true]);
});

test('accounts narrow every kind, collections commits only', () => {
  expect(wants({ dids: [like.did] }, account)).toBe(true);
  expect(wants({ dids: ['did:plc:other'] }, account)).toBe(false);
  expect(wants({ collections: ['app.bsky.feed.post'] })).toBe(false);
  expect(wants({ collections: ['app.bsky.feed.post'] }, account)).toBe(true);
  expect(wants({ kinds: ['commit'] }, account)).toBe(false);
  expect(wants({ kinds: ['commit'] }, { ...like, kind: ROW_KIND.createAfterSync })).toBe(true);
});

test('a pattern stands for what is below it', () => {
  const filter = createCollectionFilter(['app.bsky.feed.*', 'a.b.c']);
  expect(['app.bsky.feed.like', 'app.bsky.feedx.like', 'a.b.c', 'a.b.cd'].map(filter)).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
