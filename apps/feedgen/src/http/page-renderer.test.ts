import { type Feed, parseFeedsFile } from '@updraft/feeds';
import { expect, test } from 'vitest';
import { type Build, feedPost } from '../builds/build.ts';
import { parseCursor } from '../builds/cursor.ts';
import { offsetAfter } from '../builds/page.ts';
import { createPageRenderer } from './page-renderer.ts';
import type { Reader } from './readership.ts';

const uriOf = (name: string) => `at://did:plc:${name.padStart(24, 'a')}/app.bsky.feed.post/3l${name}`;
const buildOf = (id: string, names: string): Build => ({
  id,
  asOfMs: 0,
  posts: [...names].map((name) => feedPost(uriOf(name))),
});

const feedOf = (settings: string): Feed => {
  const feed = parseFeedsFile(`feeds: { f: { ${settings} } }`, 'feeds.yaml').feeds.get('f');
  if (feed === undefined) throw new Error('there is one feed');
  return feed;
};

test('a cursor names the last post that the reader was given, so a build without the posts cut after it goes on from there', () => {
  const build = buildOf('b', 'abcde');
  const feed = feedOf('kind: hot, minimumLikes: 1');
  const reader: Reader = {
    name: 'anonymous',
    feed,
    variant: '',
    current: () => build,
    get: () => build,
    find: async () => build,
    isCut: ({ uri }) => uri === uriOf('c'),
    version: () => '1',
  };
  const page = createPageRenderer()({ build, offset: 0, limit: 2, reader });
  const { cursor } = JSON.parse(`{${page.fields}}`);
  const read = parseCursor(cursor);
  expect(read).toMatchObject({ offset: 3, lastUri: uriOf('b') });
  expect(offsetAfter(buildOf('next', 'abde'), read?.lastUri ?? '')).toBe(2);
});
