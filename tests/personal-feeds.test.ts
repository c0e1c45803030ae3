import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@updraft/command';
import type { Explanation } from '@updraft/feeds';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addEraseCommand } from '../apps/admin/src/erase-command.ts';
import { addFeedsCommands } from '../apps/admin/src/feeds/feeds-commands.ts';
import { readiness } from '../apps/feedgen/src/health.ts';
import { writeLabels } from './feedgen/moderation.ts';
import { didOf } from './feedgen/network.ts';
import { type PersonalStage, pageFor, readOn, startPersonalStage, writePosts } from './feedgen/personal-stage.ts';
import { type Instance, until, uris } from './feedgen/stage.ts';

const PIN = `at://${didOf('pin')}/app.bsky.feed.post/3l3frqadlo32h`;
const FEEDS = `
feeds:
  top: { kind: top, window: 24h, minimumLikes: 1, refresh: 24h }
  mine: { kind: following, fallback: top, refresh: 10s, reposts: true }
  pinned: { kind: following, fallback: top, pinned: ['${PIN}'], recommendableOnly: true }
  likes: { kind: for-you, fallback: top }
  slow: { kind: following, fallback: top, refresh: 2h }
  varied: { kind: following, fallback: top, refresh: 10s, variants: { few: { perAuthor: 2, labels: { exclude: [rude] }, share: 100 } } }
`;

let personal: PersonalStage;
let folder: string;
let feeds: Instance;
/** Of the account that viewers follow, the newest first. */
let posts: string[];
/** Of the fallback, the best first. */
let popular: string[];

beforeAll(async () => {
  [personal, folder] = await Promise.all([startPersonalStage(FEEDS), mkdtemp(join(tmpdir(), 'updraft-personal-'))]);
  await writeFile(join(folder, 'feeds.yaml'), FEEDS);
  const { network } = personal.stage;
  posts = await writePosts(personal.stage, 'mia', 8);
  popular = await writePosts(personal.stage, 'star', 15);
  await Promise.all(popular.map((uri, n) => network.like(uri, 30 - n)));
  feeds = await personal.start();
});
afterAll(async () => {
  await personal[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function follower(name: string, ...others: string[]) {
  const viewer = await personal.viewer(name);
  await personal.stage.network.follow(viewer.did, [didOf('mia'), ...others]);
  return viewer;
}

async function admin(...argv: string[]) {
  const [out, notes] = [new Array<string>(), new Array<string>()];
  const { clickhouse, redis } = personal.stage.databases;
  const { username, password } = clickhouse.connection;
  const login = { CLICKHOUSE_USERNAME: username, CLICKHOUSE_PASSWORD: password };
  const env = { ...clickhouse.env, ...login, REDIS_ADDRESS: redis.address, FEEDS_FILE: join(folder, 'feeds.yaml') };
  const io = { env, out: (line: string) => out.push(line), note: (line: string) => notes.push(line) };
  const build = argv[0] === 'erase' ? addEraseCommand : addFeedsCommands;
  return { code: await runCommand('pnpm admin', build, argv, io), out, notes };
}

async function withRedis<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(`redis://${personal.stage.databases.redis.address}`);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

const outcomes = async (outcome: string): Promise<number> => {
  const { values } = await feeds.feedgen.context.metrics.personalOpens.get();
  return values.filter(({ labels }) => labels.outcome === outcome).reduce((sum, { value }) => sum + value, 0);
};

describe('a personal feed', () => {
  test('gives a viewer what they follow, and everybody else its fallback', async () => {
    const viewer = await follower('anna');
    expect(uris(await pageFor(feeds, viewer, { limit: 100 }))).toEqual(posts);
    const [newcomer, before] = [await personal.viewer('newcomer'), await outcomes('fallback_new')];
    for (const reader of [newcomer, undefined, newcomer])
      expect(uris(await pageFor(feeds, reader, { limit: 100 }))).toEqual(popular);
    expect(await outcomes('fallback_new')).toBe(before + 2);
    expect(uris(await pageFor(feeds, viewer, { limit: 100, feed: 'likes' }))).toEqual(popular);
    expect((await pageFor(feeds, viewer)).headers.get('cache-control')).toBe('private, no-store');
    const contexts = (await pageFor(feeds, newcomer)).body.feed.map(({ feedContext = '' }) =>
      feedContext.split(';').at(-1),
    );
    expect(contexts).toEqual(Array(3).fill('reason=fallback'));
  });

  test('is among the checks of readiness, which say what its readers lack and never fail for it', async () => {
    const checksOf = async (isThere: boolean) => {
      const checks = await readiness(feeds.feedgen.context, async () => [{ name: 'clickhouse', ok: isThere }])();
      return checks.filter(({ name }) => ['feed mine', 'feed likes', 'feed varied/few'].includes(name));
    };
    await until(async () => (await checksOf(true)).every(({ detail }) => detail === undefined));
    const names = ['mine', 'likes', 'varied/few'].map((alias) => `feed ${alias}`);
    expect(await checksOf(true)).toEqual(names.map((name) => ({ name, ok: true })));
    const detail = 'degraded: no list can be made; readers get an older one, or the fallback';
    expect(await checksOf(false)).toEqual(names.map((name) => ({ name, ok: true, detail })));
  });

  test('names the repost by which a post came, and has pins at its top', async () => {
    const viewer = await follower('berta', didOf('otto'));
    const repost = await personal.stage.network.repostBy(didOf('otto'), popular[3] ?? '');
    const { body } = await pageFor(feeds, viewer);
    const reason = { $type: 'app.bsky.feed.defs#skeletonReasonRepost', repost };
    expect(body.feed.map(({ post, reason: why }) => ({ post, ...(why !== undefined && { reason: why }) }))).toEqual([
      { post: popular[3], reason },
      { post: posts[0] },
      { post: posts[1] },
    ]);
    expect(body.feed.map(({ feedContext = '' }) => feedContext.split(';reason=')[1])).toEqual([
      `reposted by ${didOf('otto')}`,
      'followed',
      'followed',
    ]);
    const build = await feeds.feedgen.context.personal.open(feedOf('mine'), viewer.did, []);
    expect([build?.reasonOf(0), build?.reasonOf(1)]).toEqual([`reposted by ${didOf('otto')}`, 'followed']);
    expect(uris(await pageFor(feeds, viewer, { feed: 'pinned' }))).toEqual([PIN, posts[0], posts[1]]);
  });

  test('has no document, and the page of feeds names none', async () => {
    expect((await feeds.get('/feeds/mine.rss')).status).toBe(404);
    expect((await feeds.get('/feeds/top.rss')).status).toBe(200);
    expect(JSON.stringify((await feeds.get('/')).body)).not.toContain('/feeds/mine.rss');
  });
});

describe('why a post is in the list of a viewer, or not,', () => {
  const ask = async (key: string, uri: string, viewer?: string) => {
    const query = new URLSearchParams({ feed: 'mine', uri, ...(viewer !== undefined && { viewer }) });
    return feeds.get(`/api/admin/explain?${query.toString()}`, { 'x-api-key': key });
  };

  test('is told by the rules of the feed and the place, to the viewer', async () => {
    const viewer = await follower('nora', didOf('olga'));
    const repost = await personal.stage.network.repostBy(didOf('olga'), popular[5] ?? '');
    const [reply = ''] = await personal.stage.network.post({
      did: didOf('mia'),
      atMs: Date.now() - 60_000,
      parentUri: PIN,
    });
    const key = (await admin('api-key', 'create', '--feed', 'mine', '--for', viewer.did)).out[0] ?? '';
    await until(async () => (await ask(key, reply, viewer.did)).status === 200);
    await pageFor(feeds, viewer);
    const told = async (uri: string) => (await ask(key, uri, viewer.did)).body as unknown as Explanation;
    const first = await told(popular[5] ?? '');
    expect(first).toMatchObject({ isShown: true, isTaken: true, build: { place: 1, isCut: false } });
    expect(first.rules.at(-1)?.detail).toContain(`reposted by ${didOf('olga')}`);
    expect(await told(posts[1] ?? '')).toMatchObject({ isTaken: true, build: { place: 3 } });
    expect(await told(popular[6] ?? '')).toMatchObject({
      isShown: false,
      isTaken: false,
      because: expect.stringContaining('followed or reposted: whether the viewer follows'),
    });
    expect(await told(reply)).toMatchObject({ isTaken: false, because: `replies: it is a reply to ${PIN}` });
    expect(repost).toContain(didOf('olga'));
    for (const wrong of [undefined, 'anna'])
      expect(await ask(key, reply, wrong)).toMatchObject({ status: 400, body: { error: 'InvalidRequest' } });
    const other = await follower('paula');
    expect(await ask(key, reply, other.did)).toMatchObject({ status: 403, body: { error: 'Forbidden' } });
  });

  test('is what the command says too', async () => {
    const viewer = await follower('petra');
    await pageFor(feeds, viewer);
    const { code, out } = await admin('explain', 'mine', posts[0] ?? '', '--viewer', viewer.did, '--json');
    expect({ code, ...(JSON.parse(out[0] ?? '') as object) }).toMatchObject({
      code: 0,
      isTaken: true,
      build: { place: 1 },
    });
    expect((await admin('explain', 'mine', posts[0] ?? '')).code).toBe(1);
    expect(await admin('explain', 'likes', posts[0] ?? '', '--viewer', viewer.did)).toMatchObject({
      code: 1,
      notes: [expect.stringContaining(`feed=likes&uri=…&viewer=${viewer.did}, with a key as X-API-Key`)],
    });
  });
});

const feedOf = (alias: string) => {
  const feed = feeds.feedgen.context.file.feeds.get(alias);
  if (feed?.kind !== 'following') throw new Error('expected a feed of kind following');
  return feed;
};

describe('invariant 5: a personal feed', () => {
  test('is read to its end as one slice from two instances and over a restart, whatever is built meanwhile', async () => {
    const viewer = await follower('clara');
    const first = await pageFor(feeds, viewer);
    const other = await personal.start();
    const [late = ''] = await personal.stage.network.post({ did: didOf('mia'), atMs: Date.now() - 1_000 });
    feeds.feedgen.context.personal.renew(viewer.did);
    await until(async () => uris(await pageFor(feeds, viewer))[0] === late);
    const second = await pageFor(other, viewer, { cursor: first.body.cursor });
    await other.stop();
    const restarted = await personal.start();
    expect(await readOn([restarted, feeds], viewer, second)).toEqual(posts.slice(3));
    await restarted.stop();
    await personal.stage.network.deletePost(late);
  });

  test("goes on in the fallback's build that the reader began with, when an own one is there and the fallback is built anew", async () => {
    const viewer = await personal.viewer('dora');
    const first = await pageFor(feeds, viewer);
    expect(uris(first)).toEqual(popular.slice(0, 3));
    await personal.stage.network.follow(viewer.did, [didOf('mia')]);
    feeds.feedgen.context.personal.renew(viewer.did);
    expect(uris(await pageFor(feeds, viewer))).toEqual(posts.slice(0, 3));
    await personal.stage.network.like(popular[12] ?? '', 60);
    await feeds.rebuild('top');
    expect(await readOn([feeds], viewer, first)).toEqual(popular);
  });

  test('is there for as long as readers may begin with it, and half an hour more', async () => {
    await pageFor(feeds, await follower('slow'), { feed: 'slow' });
    const left = await withRedis(async (redis) => redis.pttl((await redis.keys('*:personal:slow:*'))[0] ?? ''));
    expect(left / 3_600_000).toBeGreaterThan(2.4);
    expect(left / 3_600_000).toBeLessThanOrEqual(2.5);
  });

  test('goes on after the last post where Redis has lost the build, and ends where nothing is left to go on with', async () => {
    const viewer = await follower('emma');
    const first = await pageFor(feeds, viewer);
    await personal.stage.databases.flushRedis();
    expect(uris(await pageFor(feeds, viewer, { cursor: first.body.cursor }))).toEqual(posts.slice(3, 6)); // from memory
    const other = await personal.start();
    expect(uris(await pageFor(other, viewer, { cursor: first.body.cursor }))).toEqual(posts.slice(3, 6));
    const { status, body } = await pageFor(other, await personal.viewer('nobody'), { cursor: first.body.cursor });
    expect({ status, ...body }).toMatchObject({ status: 200, feed: [] });
    await other.stop();
  });
});

describe('invariant 7: a personal feed', () => {
  test("gives nobody another viewer's build, whoever's cursor they send", async () => {
    const viewer = await follower('fanny');
    await personal.stage.network.repostBy(didOf('gina'), popular[9] ?? '');
    const victim = await follower('gina', didOf('gina'));
    const { body } = await pageFor(feeds, victim, { limit: 1 });
    const [, , id = ''] = Buffer.from(body.cursor, 'base64url').toString('latin1').split('|');
    const { find } = feeds.feedgen.context.personal;
    expect((await find(feedOf('mine'), victim.did, id))?.id).toBe(id);
    expect(await find(feedOf('mine'), viewer.did, id)).toBeUndefined();
    for (const reader of [viewer, undefined]) {
      const stolen = await pageFor(feeds, reader, { cursor: body.cursor, limit: 100 });
      const own = reader === undefined ? uris(await pageFor(feeds, undefined, { limit: 100 })) : posts;
      expect(own).toEqual(expect.arrayContaining(uris(stolen)));
      expect(stolen.body.feed.some(({ reason }) => reason !== undefined)).toBe(false);
    }
    for (const forged of ['me.zzz-1', 'in.en.me.zzz-1', 'me', 'in.en-', 'latest']) {
      const cursor = Buffer.from(`1|mine|${forged}|0|${posts[0]}`, 'latin1').toString('base64url');
      const { status } = await pageFor(feeds, viewer, { cursor });
      expect(status).toBe(200);
    }
  });

  test('keeps nothing of an account that was erased, and makes nothing for it', async () => {
    const viewer = await follower('hanna');
    await pageFor(feeds, viewer);
    const keys = () => withRedis((redis) => redis.keys('*:personal:mine:*'));
    const before = await keys();
    expect((await admin('erase', '--yes', '--wait', '0', viewer.did)).code).toBe(0);
    await until(async () => (await keys()).length === before.length - 1);
    await until(async () => (await outcomes('fallback_erased')) > 0 || uris(await pageFor(feeds, viewer))[0] === '');
    expect(uris(await pageFor(feeds, viewer))[0]).not.toBe(posts[0]);
    expect((await keys()).length).toBe(before.length - 1);
  });
});

describe('what no longer shows', () => {
  test('leaves the builds of viewers: deleted posts, inactive accounts, hides, and accounts that ask not to be recommended', async () => {
    const names = ['iris', 'jana', 'kate'];
    const [gone = '', inactive = '', hidden = ''] = await personal.stage.network.post(
      ...names.map((name, n) => ({ did: didOf(name), atMs: Date.now() - n * 60_000 - 1_000 })),
    );
    const viewer = await follower('lina', ...names.map(didOf));
    const first = await pageFor(feeds, viewer, { limit: 1 });
    expect(uris(first)).toEqual([gone]);
    const rest = async () => uris(await pageFor(feeds, viewer, { cursor: first.body.cursor, limit: 3 }));
    expect(await rest()).toEqual([inactive, hidden, posts[0]]);
    await personal.stage.network.setStatus(didOf('jana'), false);
    await until(async () => (await rest())[0] === hidden);
    const hide = { feed: 'mine', subject: hidden, isHidden: true, reason: '', changedBy: 'a host' };
    await feeds.feedgen.context.hides.change({ ...hide, atMicros: Date.now() * 1000 });
    expect((await rest())[0]).toBe(posts[0]);
    await personal.stage.network.deletePost(posts[0] ?? '');
    await until(async () => (await rest())[0] === posts[1]);
  });
});

test('a variant of a personal feed has builds of its own, and its viewers are told apart', async () => {
  const viewer = await follower('vera');
  const page = () => pageFor(feeds, viewer, { feed: 'varied', limit: 30 });
  await until(async () => uris(await page()).length === 2); // the fallback stands in while the build is made
  const [, second] = (await page()).body.feed;
  expect(second?.feedContext).toMatch(/^position=2;build=[\w.-]+;variant=few;reason=followed$/);
});

test('a label that only a variant of a personal feed excludes takes a post out of it', async () => {
  const viewer = await follower('wanda');
  const page = async () => uris(await pageFor(feeds, viewer, { feed: 'varied', limit: 30 }));
  await until(async () => (await page()).length === 2);
  const [rude = ''] = await page();
  await writeLabels(personal.stage.clickhouse, { uri: rude, val: 'rude' });
  await until(async () => !(await page()).includes(rude));
  expect(uris(await pageFor(feeds, viewer, { limit: 30 }))).toContain(rude);
});
