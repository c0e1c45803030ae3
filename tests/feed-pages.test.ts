import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { didOf } from './feedgen/network.ts';
import { ACTOR_DID, type Instance, SERVICE_DID, type Stage, startStage, until, uris } from './feedgen/stage.ts';

const FEEDS = `
feeds:
  whats-hot: { kind: hot, window: 24h, minimumAge: 5m, minimumLikes: 2, refresh: 24h }
  media: { kind: top, window: 24h, minimumLikes: 1, mediaOnly: true, refresh: 24h }
  german: { kind: top, window: 24h, minimumLikes: 1, languages: [de], refresh: 24h }
  fair: { kind: top, window: 24h, minimumLikes: 1, perAuthor: 1, replies: false, refresh: 24h, pinned: ['at://${didOf('pin')}/app.bsky.feed.post/3l3frqadlo32h'] }
  reposted: { kind: top, window: 24h, minimumLikes: 1, weights: { likes: 1, reposts: 10, replies: 100 }, refresh: 24h }
  moved: { kind: static, posts: ['at://${didOf('pin')}/app.bsky.feed.post/3l3frqadlo32h'] }
  busy: { kind: top, window: 24h, minimumLikes: 1, refresh: 1s }
`;

let stage: Stage;
let feeds: Instance;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

beforeAll(async () => {
  stage = await startStage();
  feeds = await stage.startFeedgen({ feeds: FEEDS });
});
afterAll(() => stage[Symbol.asyncDispose]());

describe('a hot feed', () => {
  test('ranks by accounts that like, once each, less with age, and takes likes back', async () => {
    const { network } = stage;
    const now = Date.now();
    const [old = '', young = '', tooYoung = '', tooOld = '', reply = '', future = ''] = await network.post(
      { did: didOf('old'), atMs: now - 10 * HOUR },
      { did: didOf('young'), atMs: now - HOUR },
      { did: didOf('tooyoung'), atMs: now - MINUTE },
      { did: didOf('tooold'), atMs: now - 25 * HOUR },
      { did: didOf('reply'), atMs: now - HOUR, parentUri: `at://${didOf('old')}/app.bsky.feed.post/3l3frqadlo32h` },
      { did: didOf('future'), atMs: now + HOUR },
    );
    await Promise.all([old, young, tooYoung, tooOld, reply, future].map((uri) => network.like(uri, 3)));
    await network.like(old, 3); // the same accounts again
    await feeds.rebuild('whats-hot');
    expect(uris(await feeds.page('whats-hot'))).toEqual([young, old]);

    const more = await network.like(old, 40, now - 1_000, 100);
    await feeds.rebuild('whats-hot');
    expect(uris(await feeds.page('whats-hot'))).toEqual([old, young]);

    await Promise.all(more.map((like) => network.unlike(like)));
    await feeds.rebuild('whats-hot');
    expect(uris(await feeds.page('whats-hot'))).toEqual([young, old]);
  });

  test('a deleted post leaves the build that is being read, and the page is filled up', async () => {
    const { network } = stage;
    const [a = '', b = '', c = ''] = await network.post(
      ...['cuta', 'cutb', 'cutc'].map((name) => ({ did: didOf(name), atMs: Date.now() - HOUR })),
    );
    await Promise.all([a, b, c].map((uri, n) => network.like(uri, 53 - n, Date.now() - 1_000)));
    await feeds.rebuild('whats-hot');
    const first = await feeds.page('whats-hot', { limit: '1' });
    expect(uris(first)).toEqual([a]);
    await network.deletePost(b);
    await until(async () => !uris(await feeds.page('whats-hot')).includes(b));
    const second = await feeds.page('whats-hot', { limit: '1', cursor: first.body.cursor });
    expect(uris(second)).toEqual([c]);
    await network.setStatus(didOf('cutc'), false, 'deactivated');
    await until(async () => !uris(await feeds.page('whats-hot')).includes(c));
    await network.setStatus(didOf('cutc'), true);
    await until(async () => uris(await feeds.page('whats-hot')).includes(c));
  });
});

describe('what a ranked feed takes', () => {
  test('media, languages, authors, weights, replies and pins are as the file says', async () => {
    const { network } = stage;
    const at = Date.now() - HOUR;
    const [plain = '', media = '', german = '', again = '', reply = ''] = await network.post(
      { did: didOf('plain'), atMs: at },
      { did: didOf('media'), atMs: at, hasMedia: true },
      { did: didOf('german'), atMs: at, langs: ['en', 'de-CH'] },
      { did: didOf('plain'), atMs: at },
      { did: didOf('replier'), atMs: at },
    );
    const [answer = ''] = await network.post({ did: didOf('answerer'), atMs: at, parentUri: reply });
    const given = [
      [plain, 9],
      [media, 8],
      [german, 7],
      [again, 6],
      [reply, 5],
      [answer, 4],
    ] as const;
    await Promise.all(given.map(([uri, likes]) => network.like(uri, likes)));
    await network.repost(german, 1);
    await Promise.all(['media', 'german', 'fair', 'reposted'].map((alias) => feeds.rebuild(alias)));
    const ours = new Set([plain, media, german, again, reply, answer]);
    const shown = async (alias: string) =>
      uris(await feeds.page(alias, { limit: '100' })).filter((uri) => ours.has(uri));
    expect(await shown('media')).toEqual([media]);
    expect(await shown('german')).toEqual([german]);
    expect(await shown('fair')).toEqual([plain, media, german, reply]);
    // 5 likes + a replier at 100; 7 likes + a repost at 10
    expect(await shown('reposted')).toEqual([reply, german, plain, media, again, answer]);
    const fair = await feeds.page('fair', { limit: '1' });
    expect(fair.body.feed).toEqual([
      {
        post: `at://${didOf('pin')}/app.bsky.feed.post/3l3frqadlo32h`,
        reason: { $type: 'app.bsky.feed.defs#skeletonReasonPin' },
      },
    ]);
  });
});

describe('pages', () => {
  test('a reader meets each post of its build once, in order, while a build is made every second', async () => {
    const { network } = stage;
    const posts = await network.post(
      ...Array.from({ length: 30 }, (_, n) => ({
        did: didOf(`busy${String.fromCharCode(97 + (n % 26))}${n > 25 ? 'x' : ''}`),
        atMs: Date.now() - 2 * HOUR,
      })),
    );
    await Promise.all(posts.map((uri, n) => network.like(uri, 1 + (n % 5))));
    await feeds.rebuild('busy');
    const first = await feeds.page('busy', { limit: '7' });
    const build = feeds.feedgen.context.live.current('busy');
    const read = uris(first);
    for (let cursor = first.body.cursor; cursor !== undefined; ) {
      await network.like(posts[read.length % posts.length] ?? '', 1, Date.now() - 1_000, 500 + read.length);
      await feeds.rebuild('busy');
      const next = await feeds.page('busy', { limit: '7', cursor });
      read.push(...uris(next));
      cursor = next.body.cursor;
    }
    expect(feeds.feedgen.context.live.current('busy')?.id).not.toBe(build?.id);
    expect(read).toEqual(build?.posts.map((post) => post.uri));
  });

  test('a cursor whose build has gone goes on after its last post, and ends where that has gone too', async () => {
    const page = await feeds.page('busy', { limit: '5' });
    const last = uris(page).at(-1);
    const [version, alias, , place, uri] = Buffer.from(page.body.cursor, 'base64url').toString().split('|');
    const forged = (text: string) => Buffer.from(text).toString('base64url');
    const rest = await feeds.page('busy', { limit: '100', cursor: forged(`${version}|${alias}|gone|${place}|${uri}`) });
    const build = feeds.feedgen.context.live.current('busy')?.posts.map((post) => post.uri) ?? [];
    expect(uris(rest)[0]).toBe(build[build.indexOf(last ?? '') + 1]);
    const end = await feeds.page('busy', {
      cursor: forged(`${version}|${alias}|gone|3|at://${didOf('nobody')}/app.bsky.feed.post/3l3frqadlo32h`),
    });
    expect(end).toMatchObject({ status: 200, body: { feed: [] } });
    expect(end.body).not.toHaveProperty('cursor');
  });

  test('a static feed is one pinned post, without a cursor', async () => {
    const { body } = await feeds.page('moved');
    expect(body).toEqual({
      feed: [
        {
          post: `at://${didOf('pin')}/app.bsky.feed.post/3l3frqadlo32h`,
          reason: { $type: 'app.bsky.feed.defs#skeletonReasonPin' },
        },
      ],
    });
  });

  test('another instance serves the same build to the same cursor', async () => {
    await using other = await stage.startFeedgen({ feeds: FEEDS });
    await feeds.rebuild('whats-hot');
    const first = await feeds.page('whats-hot', { limit: '2' });
    const [here, there] = await Promise.all(
      [feeds, other].map((instance) => instance.page('whats-hot', { limit: '2', cursor: first.body.cursor })),
    );
    expect(there?.body).toEqual(here?.body);
    expect(there?.body.feed.length).toBeGreaterThan(0);
  });
});

describe('bad input', () => {
  const cursorOf = async (alias: string) => (await feeds.page(alias, { limit: '1' })).body.cursor;

  test.each(['0', '-1', '101', 'ten', '1e1', '', '1.5', ' 1', '0x10', 'NaN'])(
    'limit %j is an InvalidRequest',
    async (limit) => {
      const { status, body } = await feeds.page('whats-hot', { limit });
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'InvalidRequest' });
      expect(body.message).toMatch(/whole number from 1 to 100/);
    },
  );

  test.each(['x', 'äöü', '../../etc', 'bnVsbA', '%00', 'x'.repeat(4_000)])(
    'cursor %j is an InvalidRequest',
    async (cursor) => {
      const { status, body } = await feeds.page('whats-hot', { cursor });
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'InvalidRequest' });
    },
  );

  test('an empty cursor is none, as a form sends it', async () => {
    expect((await feeds.page('moved', { cursor: '' })).body).toEqual((await feeds.page('moved')).body);
  });

  test("another feed's cursor is an InvalidRequest", async () => {
    const { status, body } = await feeds.page('whats-hot', { cursor: await cursorOf('busy') });
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'InvalidRequest' });
  });

  test('a feed that is not here is an UnknownFeed, under any publisher', async () => {
    const skeleton = (feed: string) =>
      feeds.get(`/xrpc/app.bsky.feed.getFeedSkeleton?feed=${encodeURIComponent(feed)}`);
    const forms = [
      `at://${ACTOR_DID}/app.bsky.feed.generator/nope`,
      `at://${didOf('foreign')}/app.bsky.feed.generator/whats-hot`,
      `at://${ACTOR_DID}/app.bsky.feed.post/whats-hot`,
    ];
    for (const form of forms)
      expect(await skeleton(form)).toMatchObject({ status: 400, body: { error: 'UnknownFeed' } });
    for (const form of ['', 'whats-hot', 'https://feeds.example'])
      expect(await skeleton(form)).toMatchObject({ status: 400, body: { error: 'InvalidRequest' } });
    expect(await feeds.get('/xrpc/app.bsky.feed.getFeedSkeleton')).toMatchObject({
      status: 400,
      body: { error: 'InvalidRequest' },
    });
    expect(await skeleton(`at://${SERVICE_DID}/app.bsky.feed.generator/whats-hot`)).toMatchObject({ status: 200 });
  });

  test('an address that is too long is refused, and a parameter that comes twice', async () => {
    const long = await feeds.page('whats-hot', { cursor: 'x'.repeat(9_000) });
    expect([400, 414]).toContain(long.status);
    expect(long.body).toHaveProperty('error');
    const twice = await feeds.get(
      `/xrpc/app.bsky.feed.getFeedSkeleton?feed=at://${ACTOR_DID}/app.bsky.feed.generator/moved&limit=1&limit=2`,
    );
    expect(twice).toMatchObject({ status: 400, body: { error: 'InvalidRequest' } });
  });
});

describe('who this is', () => {
  test('did.json, describeFeedGenerator and the landing page agree', async () => {
    const did = await feeds.get('/.well-known/did.json');
    expect(did.body).toMatchObject({
      id: SERVICE_DID,
      service: [{ id: '#bsky_fg', type: 'BskyFeedGenerator', serviceEndpoint: 'https://feeds.example' }],
    });
    const description = await feeds.get('/xrpc/app.bsky.feed.describeFeedGenerator');
    expect(description.body.did).toBe(SERVICE_DID);
    expect(description.body.feeds).toContainEqual({ uri: `at://${ACTOR_DID}/app.bsky.feed.generator/moved` });
    const page = await feeds.get('/');
    for (const alias of feeds.feedgen.context.file.feeds.keys()) expect(page.body).toContain(alias);
    expect(page.body).not.toContain('<td></td>');
    expect(page.body).toContain('/openapi.json');
  });
});

describe('while a server is away', () => {
  test('pages go on from memory, builds stay, and what was missing comes back', async () => {
    await feeds.rebuild('whats-hot');
    const before = await feeds.page('whats-hot', { limit: '5' });
    await stage.databases.redis.kill();
    await stage.databases.clickhouse.kill();
    try {
      expect((await feeds.page('whats-hot', { limit: '5' })).body.feed).toEqual(before.body.feed);
      const next = await feeds.page('whats-hot', { limit: '5', cursor: before.body.cursor });
      expect(next.status).toBe(200);
      await expect(feeds.feedgen.builders.get('whats-hot')?.buildOnce()).rejects.toThrow();
      expect((await feeds.page('whats-hot', { limit: '5' })).body.feed).toEqual(before.body.feed);
    } finally {
      await stage.databases.clickhouse.revive();
      await stage.databases.redis.revive();
    }
    // Not `busy`: where Redis was killed during one of its builds, the lock of that one stays until it runs out.
    const revivedAtMs = Date.now();
    await until(async () => {
      await feeds.rebuild('german').catch(() => {});
      const { asOfMs = 0 } = feeds.feedgen.context.live.current('german') ?? {};
      return (await feeds.page('german')).status === 200 && asOfMs >= revivedAtMs;
    });
  });
});
