import { expect, test } from 'vitest';
import { buildFault } from './build-health.ts';
import type { QueriedFeed } from './feed.ts';
import { parseFeedsFile } from './read-feeds.ts';

const { feeds } = parseFeedsFile(
  `feeds:
  hot: { kind: hot, minimumLikes: 1, refresh: 1m }
  club: { kind: author-label, label: club }
  list: { kind: list, list: 'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.graph.list/3l3frqadlo32h' }
  words: { kind: search, query: kelp, authors: club }
  both: { kind: union, feeds: [list, words] }
`,
  'feeds.yaml',
);
const fault = (alias: string, state: Partial<Parameters<typeof buildFault>[1]>) =>
  buildFault(feeds.get(alias) as QueriedFeed, { ageMs: 0, posts: 100, ...state });

test('a build is at fault when it is late by the schedule of its feed', () => {
  expect(fault('hot', { ageMs: 239_000 })).toBeUndefined();
  expect(fault('hot', { ageMs: 241_000 })).toBe('the last build is 4:01 old, the feed is built every 1:00');
});

test('an empty build is at fault, unless nobody bears the label of its feed', () => {
  expect(fault('hot', { posts: 0 })).toBe('the build is empty');
  expect(fault('club', { posts: 0, bearers: 2 })).toBe('the build is empty');
  expect(fault('club', { posts: 0, bearers: 0 })).toBeUndefined();
});

test('a list or a search may find nothing, but not where it found much before; a union may be as empty as its feeds', () => {
  for (const alias of ['list', 'words']) {
    expect(fault(alias, { posts: 0, postsBefore: 49 })).toBeUndefined();
    expect(fault(alias, { posts: 0, postsBefore: 50 })).toBe('the build is empty');
  }
  expect(fault('words', { posts: 0, postsBefore: 50, bearers: 0 })).toBeUndefined();
  expect(fault('both', { posts: 0, ofParts: 0 })).toBeUndefined();
  expect(fault('both', { posts: 0, ofParts: 1 })).toBe('the build is empty');
});

test('a build is at fault when it has a tenth of the posts that were there, and these were many', () => {
  expect(fault('hot', { posts: 300, postsBefore: 3_000 })).toBe('the build shrank from 3000 posts to 300');
  expect(fault('hot', { posts: 301, postsBefore: 3_000 })).toBeUndefined();
  expect(fault('hot', { posts: 1, postsBefore: 49 })).toBeUndefined();
});
