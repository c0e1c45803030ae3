import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Build, feedPost } from '../builds/build.ts';
import { feedContexts } from './feed-context.ts';

const posts = [...'abcdef'].map((name) => feedPost(`at://did:plc:${name}/app.bsky.feed.post/${name}`));
const build: Build = { id: 'b1', asOfMs: 0, posts };

test('a feedContext says where the post stands, in which build and variant', () => {
  expect(feedContexts({ build, offset: 2, variant: 'calm' }, posts.slice(2, 4))).toEqual([
    'position=3;build=b1;variant=calm',
    'position=4;build=b1;variant=calm',
  ]);
});

test('of a personal build it says why the post is there, also behind posts that the page leaves out', () => {
  const personal = { ...build, reasonOf: (index: number) => `liked by ${'uvwxyz'[index]} | and others` };
  const [a = build.posts[0], , , d = build.posts[0], e = build.posts[0]] = posts;
  const shown = [a, d, e].filter((post) => post !== undefined);
  expect(feedContexts({ build: personal, offset: 0, variant: '' }, shown)).toEqual([
    'position=1;build=b1;variant=;reason=liked by u / and others',
    'position=2;build=b1;variant=;reason=liked by x / and others',
    'position=3;build=b1;variant=;reason=liked by y / and others',
  ]);
});

test('a page of the fallback says so', () => {
  expect(feedContexts({ build, offset: 0, variant: '', isFallback: true }, posts.slice(0, 1))).toEqual([
    'position=1;build=b1;variant=;reason=fallback',
  ]);
});

test('none is longer than the AppView takes, has a bar or is cut within a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), fc.nat(2_000), (reason, filling) => {
      const personal = { ...build, reasonOf: () => 'é🐦'.repeat(filling) + reason };
      const [context = ''] = feedContexts({ build: personal, offset: 1_000_000, variant: 'calm' }, posts.slice(0, 1));
      expect(Buffer.byteLength(context)).toBeLessThanOrEqual(2_000);
      expect(context).not.toContain('|');
      if (reason === '') expect(context.isWellFormed() && !context.includes('\uFFFD')).toBe(true);
    }),
  );
});
