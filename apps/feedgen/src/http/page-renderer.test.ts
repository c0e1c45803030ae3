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

const readerOf = (feed: Feed, build: Build): Reader => ({
  name: 'anonymous',
  feed,
  variant: '',
  current: () => build,
  get: () => build,
  find: async () => build,
  isCut: ({ uri }) => uri === uriOf('c'),
  version: () => '1',
});

test('a cursor names the last post that the reader was given, so a build without the posts cut after it goes on from there', () => {
  const build = buildOf('b', 'abcde');
  const feed = feedOf('kind: hot, minimumLikes: 1');
  const reader = readerOf(feed, build);
  const page = createPageRenderer()({ build, offset: 0, limit: 2, reader });
  const { cursor } = JSON.parse(`{${page.fields}}`);
  const read = parseCursor(cursor);
  expect(read).toMatchObject({ offset: 3, lastUri: uriOf('b') });
  expect(offsetAfter(buildOf('next', 'abde'), read?.lastUri ?? '')).toBe(2);
});

test('a feed that asks for interactions has feedContexts and keys, another one has pages as they always were', () => {
  const build = buildOf('b', 'abc');
  const pageOf = (settings: string) => {
    const page = createPageRenderer()({ build, offset: 0, limit: 2, reader: readerOf(feedOf(settings), build) });
    return { ...page, items: (JSON.parse(`{${page.fields}}`) as { feed: object[] }).feed };
  };
  const told = pageOf('kind: hot, minimumLikes: 1, publish: { name: x, acceptsInteractions: true }');
  expect(told.items[1]).toEqual({ post: uriOf('b'), feedContext: 'position=2;build=b;variant=' });
  expect(told.keys).toHaveLength(2);
  const other = pageOf('kind: hot, minimumLikes: 2');
  expect(other.items[1]).toEqual({ post: uriOf('b') });
  expect(other.keys).toEqual([]);
});

test("a personal feed's page is never given to another viewer", () => {
  const feed = feedOf('kind: following, fallback: g }, g: { kind: hot, minimumLikes: 1');
  const render = createPageRenderer();
  const [mine, yours] = ['ab', 'de'].map((names) => buildOf('me.1-1', names));
  const pages = [mine, yours].map((build) => {
    if (build === undefined) throw new Error('there are two');
    return render({ build, offset: 0, limit: 2, reader: readerOf(feed, build) }).fields;
  });
  expect(pages[1]).toContain(uriOf('d'));
});
