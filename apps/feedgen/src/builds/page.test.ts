import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Build, createBuildThawer, type FeedPost, feedPost, pinnedBuild } from './build.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import { offsetAfter, takePage } from './page.ts';

const uriOf = (n: number) => `at://did:plc:${String(n).padStart(24, 'a')}/app.bsky.feed.post/3l${n}`;
const buildOf = (length: number): Build => ({
  id: 'b1',
  asOfMs: 0,
  posts: Array.from({ length }, (_, n) => feedPost(uriOf(n))),
});

/** Reads to the end; `cutsAt(page)` are the cuts in force when that page is read. */
function readToEnd(build: Build, limits: readonly number[], cutsAt: (page: number) => ReadonlySet<string>) {
  const read: FeedPost[] = [];
  const sizes: number[] = [];
  let offset: number | undefined = 0;
  for (let page = 0; offset !== undefined; page++) {
    const limit = limits[page % limits.length] ?? 1;
    const { posts, next } = takePage(build, offset, limit, (post) => cutsAt(page).has(post.uri));
    read.push(...posts);
    sizes.push(posts.length - limit);
    offset = next;
  }
  return { uris: read.map((post) => post.uri), sizes };
}

describe('a page is a slice', () => {
  const length = fc.nat({ max: 60 });
  const limits = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
  const hidden = fc.array(fc.nat({ max: 60 }), { maxLength: 60 });

  test('reading to the end gives each shown post once, in order, and only the last page is short', () => {
    fc.assert(
      fc.property(length, limits, hidden, (size, sizes, cut) => {
        const build = buildOf(size);
        const cuts = new Set(cut.map(uriOf));
        const read = readToEnd(build, sizes, () => cuts);
        expect(read.uris).toEqual(build.posts.map((post) => post.uri).filter((uri) => !cuts.has(uri)));
        expect(read.sizes.slice(0, -1).every((missing) => missing === 0)).toBe(true);
      }),
    );
  });

  test('cuts made while a reader reads take posts away, and nothing else moves', () => {
    fc.assert(
      fc.property(length, limits, hidden, fc.nat({ max: 10 }), (size, sizes, cut, fromPage) => {
        const build = buildOf(size);
        const cuts = new Set(cut.map(uriOf));
        const read = readToEnd(build, sizes, (page) => (page >= fromPage ? cuts : new Set()));
        const all = build.posts.map((post) => post.uri);
        expect(read.uris).toEqual(all.filter((uri) => read.uris.includes(uri)));
        expect(all.filter((uri) => !read.uris.includes(uri)).every((uri) => cuts.has(uri))).toBe(true);
      }),
    );
  });

  test('a next page is never empty', () => {
    const { next } = takePage(buildOf(3), 0, 2, (post) => post.uri === uriOf(2));
    expect(next).toBeUndefined();
  });

  test('an offset beyond the end is the end', () => {
    expect(takePage(buildOf(3), 99, 10, () => false)).toEqual({ posts: [], next: undefined });
  });

  test('a reader whose build has gone continues after the last post it was given', () => {
    expect(offsetAfter(buildOf(5), uriOf(2))).toBe(3);
    expect(offsetAfter(buildOf(5), uriOf(7))).toBeUndefined();
  });
});

describe('cursor', () => {
  test('what was formatted is parsed again', () => {
    const cursor = fc.record({
      alias: fc.constantFrom('whats-hot', 'cv:cat', 'a-mpls'),
      buildId: fc.stringMatching(/^[0-9a-z]{1,20}\.[0-9]{1,10}$/),
      offset: fc.nat({ max: 10_000 }),
      lastUri: fc.nat().map(uriOf),
    });
    fc.assert(
      fc.property(cursor, (given) => {
        expect(parseCursor(formatCursor(given))).toEqual(given);
      }),
    );
  });

  test('anything else is refused, never thrown on', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseCursor(text)).toBeUndefined();
      }),
    );
    const good = formatCursor({ alias: 'x', buildId: 'b', offset: 7, lastUri: uriOf(1) });
    const changed = (edit: (text: string) => string) =>
      Buffer.from(edit(Buffer.from(good, 'base64url').toString())).toString('base64url');
    const forms = [
      '',
      `${good}=`,
      `${good}A`,
      ` ${good}`,
      changed((t) => t.replace('|7|', '|-1|')),
      changed((t) => t.replace('|7|', '|1e1|')),
      changed((t) => t.replace('|7|', '|007|')),
      changed((t) => t.replace('|7|', '|9999999|')),
      changed((t) => t.replace('1|', '2|')),
      changed((t) => `${t}|x`),
      changed((t) => t.replace('at://', 'xx://')),
      changed((t) => t.replace('|b|', '||')),
      'x'.repeat(5_000),
    ];
    for (const form of forms) expect(parseCursor(form)).toBeUndefined();
  });
});

describe('thawing builds', () => {
  test('pinned posts stand on top, once, with their reason', () => {
    const pins = [9, 2].map((n) => feedPost(uriOf(n), true));
    const build = pinnedBuild(createBuildThawer()({ id: 'b', asOfMs: 1, uris: [1, 2, 3].map(uriOf) }), pins);
    expect(build.posts.map((post) => post.uri)).toEqual([9, 2, 1, 3].map(uriOf));
    expect(JSON.parse(build.posts[1]?.json ?? '')).toEqual({
      post: uriOf(2),
      reason: { $type: 'app.bsky.feed.defs#skeletonReasonPin' },
    });
    expect(JSON.parse(build.posts[2]?.json ?? '')).toEqual({ post: uriOf(1) });
    expect(build.posts[2]?.did).toBe('did:plc:aaaaaaaaaaaaaaaaaaaaaaa1');
  });

  test('builds share the posts that they have in common', () => {
    const thaw = createBuildThawer();
    const [first, second] = [
      thaw({ id: 'a', asOfMs: 1, uris: [1, 2].map(uriOf) }),
      thaw({ id: 'b', asOfMs: 2, uris: [2, 3].map(uriOf) }),
    ];
    expect(second.posts[0]).toBe(first.posts[1]);
  });
});
