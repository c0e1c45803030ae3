import { AppBskyFeedPost, jsonToLex } from '@atproto/api';
import { recordJson } from '@updraft/atproto';
import { isValidPost } from '@updraft/feeds/post-validity';
import { createWorld, eventLine } from '@updraft/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMembers } from './feedgen/members.ts';
import { didOf, liker } from './feedgen/network.ts';
import { type Instance, type Stage, startStage, uris } from './feedgen/stage.ts';

const CID = 'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a';
const REF = { uri: `at://${didOf('parent')}/app.bsky.feed.post/3l3frqadlo32h`, cid: CID };
const GOOD = { $type: 'app.bsky.feed.post', text: 'a good post', createdAt: '2026-11-20T10:00:00.000Z' };
const BAD = { ...GOOD, text: 'x'.repeat(3_001) };

/** The library refuses to read some keys, such as `__proto__`. */
function verdictOf(judge: () => boolean): 'good' | 'bad' | 'unreadable' {
  try {
    return judge() ? 'good' : 'bad';
  } catch {
    return 'unreadable';
  }
}

describe('a stored record', () => {
  test('is judged as the record itself would be, over everything that a hostile network writes', () => {
    const world = createWorld({ seed: 4, accounts: 300, hostile: 0.3, nowMicros: Date.now() * 1000 });
    const verdicts = { good: 0, bad: 0, unreadable: 0 };
    for (const event of world.events().take(12_000)) {
      const record = postOf(eventLine(event));
      const stored = recordJson(record);
      if (stored === undefined) continue;
      const verdict = verdictOf(() => AppBskyFeedPost.validateRecord(jsonToLex(record as never)).success);
      expect({ stored, verdict: verdictOf(() => isValidPost(stored)) }).toEqual({ stored, verdict });
      verdicts[verdict] += 1;
    }
    expect(verdicts.good).toBeGreaterThan(500);
    expect(verdicts.bad).toBeGreaterThan(50);
  });

  test.for([
    ['references, whose cids are not stored', { reply: { root: REF, parent: REF } }],
    ['a quote', { embed: { $type: 'app.bsky.embed.record', record: REF } }],
    [
      'a quote with media',
      { embed: { $type: 'app.bsky.embed.recordWithMedia', record: { record: REF }, media: external() } },
    ],
    ['an embed of a type to come', { embed: { $type: 'app.bsky.embed.hologram', anything: [1, null] } }],
    [
      'a feature of a type to come',
      { facets: [{ index: { byteStart: 0, byteEnd: 1 }, features: [{ $type: 'x.y.z' }] }] },
    ],
    ['fields to come', { mood: { level: 7 } }],
  ] as const)('may have %s', ([, more]) => {
    expect(isValidPost(recordJson({ ...GOOD, ...more }) ?? '')).toBe(true);
  });

  test.for([
    ['no text', { text: undefined }],
    ['too long a text', { text: 'x'.repeat(3_001) }],
    ['too many graphemes', { text: 'é'.repeat(301) }],
    ['a time that is none', { createdAt: 'yesterday' }],
    ['another type', { $type: 'app.bsky.feed.like' }],
    ['a reply to nothing', { reply: {} }],
    ['a reply to no uri', { reply: { root: { ...REF, uri: 'x' }, parent: REF } }],
    ['an embed without a type', { embed: { record: REF } }],
    ['null for an embed', { embed: null }],
    ['a language that is none', { langs: ['not a language'] }],
    ['nine tags', { tags: Array.from({ length: 9 }, (_, n) => `t${n}`) }],
    ['a broken facet', { facets: [{ index: { byteStart: -1, byteEnd: 1 }, features: [] }] }],
  ] as const)('may not have %s', ([, more]) => {
    expect(isValidPost(recordJson({ ...GOOD, ...more }) ?? '')).toBe(false);
  });
});

function external() {
  return { $type: 'app.bsky.embed.external', external: { uri: 'https://a.example', title: '', description: '' } };
}

/** The post that a frame creates or updates; undefined for every other frame. */
function postOf(line: string): unknown {
  try {
    const { commit } = JSON.parse(line) as { commit?: { collection?: unknown; record?: unknown } };
    return commit?.collection === 'app.bsky.feed.post' ? commit.record : undefined;
  } catch {
    return undefined;
  }
}

const FEEDS = `
feeds:
  strict: { kind: top, window: 24h, minimumLikes: 1, refresh: 24h, size: 20, perAuthor: 2 }
  loose: { kind: top, window: 24h, minimumLikes: 1, refresh: 24h, size: 500, validOnly: false }
  label: { kind: author-label, label: club, refresh: 24h, window: 24h, size: 20 }
  label-strict: { kind: author-label, label: club, refresh: 24h, window: 24h, size: 20, perAuthor: 2, validOnly: true }
`;

describe('a feed with validOnly', () => {
  let stage: Stage;
  let feeds: Instance;
  let good: string[];
  let bad: string[];

  beforeAll(async () => {
    stage = await startStage();
    const hourAgo = Date.now() - 3_600_000;
    // 120 bad posts come first, more than the spare of a feed of 20; the authors' shares of the good ones are just enough.
    const authors = Array.from({ length: 10 }, (_, n) => liker(n));
    const write = (record: object, count: number, atMs: number) =>
      stage.network.post(
        ...authors.flatMap((did) => Array.from({ length: count }, (_, n) => ({ did, atMs: atMs + n * 1_000, record }))),
      );
    good = await write(GOOD, 4, hourAgo);
    bad = await write(BAD, 12, hourAgo + 1_000_000);
    await Promise.all(good.map((uri) => stage.network.like(uri, 1)));
    await Promise.all(bad.map((uri) => stage.network.like(uri, 2)));
    feeds = await stage.startFeedgen({ feeds: FEEDS });
    await addMembers(feeds, 'club', authors);
  }, 120_000);
  afterAll(() => stage[Symbol.asyncDispose]());

  const read = async (alias: string) => {
    await feeds.rebuild(alias);
    return uris(await feeds.page(alias, { limit: '100' }));
  };
  const perAuthor = (posts: readonly string[]) =>
    Math.max(...posts.map((uri) => posts.filter((other) => other.split('/')[2] === uri.split('/')[2]).length));

  test('shows no post whose record breaks the lexicon, and keeps its length and its authors’ shares', async () => {
    for (const alias of ['strict', 'label-strict']) {
      const posts = await read(alias);
      expect({ alias, posts: posts.length, perAuthor: perAuthor(posts) }).toEqual({ alias, posts: 20, perAuthor: 2 });
      expect(posts.filter((uri) => bad.includes(uri))).toEqual([]);
    }
    const { values } = await feeds.feedgen.context.metrics.invalidPosts.get();
    expect(values.find(({ labels }) => labels.feed === 'strict')?.value).toBe(120);
  });

  test('is the default of rankings, and not of label feeds', async () => {
    expect((await read('label')).every((uri) => bad.includes(uri))).toBe(true);
    expect((await read('loose')).every((uri) => bad.includes(uri))).toBe(true);
  });

  test('shows a post again once its record is mended, drops it once it is broken, and shows those whose record is not here', async () => {
    const rkeyOf = (uri: string) => uri.split('/')[4] ?? '';
    const [mended = '', broken = ''] = [bad[0], good[0]];
    const [unknown = ''] = await stage.network.post({ did: didOf('imported'), atMs: Date.now() - 1_000_000 });
    const write = (uri: string, record: object) =>
      stage.network.post({ did: uri.split('/')[2] ?? '', atMs: Date.now() - 60_000, rkey: rkeyOf(uri), record });
    await write(mended, GOOD);
    await write(broken, BAD);
    for (const uri of [mended, broken, unknown]) await stage.network.like(uri, 5, Date.now() - 1_000, 10);
    const posts = await read('strict');
    expect([mended, unknown, broken].map((uri) => posts.includes(uri))).toEqual([true, true, false]);
  });
});
