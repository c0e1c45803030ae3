import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Account } from './feedgen/directory.ts';
import { didOf } from './feedgen/network.ts';
import { type PersonalStage, pageFor, readOn, startPersonalStage, writePosts } from './feedgen/personal-stage.ts';
import { type Instance, until, uris } from './feedgen/stage.ts';

const FEEDS = `
feeds:
  top: { kind: top, window: 24h, minimumLikes: 1, refresh: 24h }
  mine: { kind: following, fallback: top, refresh: 10s }
`;
const LIMITS = { PERSONAL_BUILDS_AT_ONCE: '2', PERSONAL_BUILDS_WAITING: '20' };

let personal: PersonalStage;
let feeds: Instance;
let posts: string[];
/** Of the fallback, the best first. */
let english: string[];
let japanese: string[];
let viewer: Account;

beforeAll(async () => {
  personal = await startPersonalStage(FEEDS);
  const { network } = personal.stage;
  posts = await writePosts(personal.stage, 'mia', 8);
  english = await writePosts(personal.stage, 'star', 15);
  const atMs = Date.now() - 3_600_000;
  japanese = await network.post(
    ...Array.from({ length: 12 }, (_, n) => ({ did: didOf('hoshi'), atMs: atMs - n * 60_000, langs: ['ja-JP'] })),
  );
  await Promise.all(english.map((uri, n) => network.like(uri, 30 - n)));
  await Promise.all(japanese.map((uri, n) => network.like(uri, 14 - n)));
  viewer = await personal.viewer('anna');
  await network.follow(viewer.did, [didOf('mia')]);
  feeds = await personal.start({ env: LIMITS });
});
afterAll(() => personal[Symbol.asyncDispose]());

const outcomes = async (): Promise<Record<string, number>> => {
  const { values } = await feeds.feedgen.context.metrics.personalOpens.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
};

test('a newcomer gets the fallback in their languages, and reads it to its end in those that they began with', async () => {
  const all = [...english, ...japanese];
  const newcomer = await personal.viewer('newcomer');
  const read = async (languages: string) => readOn([feeds], newcomer, await pageFor(feeds, newcomer, { languages }));
  expect(await read('ja')).toEqual(japanese);
  expect(await read('ja;q=0.2, en-GB')).toEqual(all);
  expect(await read('en;q=0, ja')).toEqual(japanese);
  for (const any of ['pt', '*', '', 'ja, *;q=0.1', ';;q,=,é-1']) expect(await read(any)).toEqual(all);
  const first = await pageFor(feeds, undefined, { languages: 'ja' });
  const other = await personal.start();
  expect(await readOn([other, feeds], undefined, first)).toEqual(japanese);
  await other.stop();
});

test('a thousand viewers at once on a cold start: each gets a build or at once the fallback, and later their own', async () => {
  const { context } = feeds.feedgen;
  const feed = context.file.feeds.get('mine');
  if (feed?.kind !== 'following') throw new Error('expected a feed of kind following');
  const viewers = Array.from({ length: 1_000 }, (_, n) => `did:plc:crowd${n}`);
  await Promise.all(viewers.slice(0, 10).map((did) => personal.stage.network.follow(did, [didOf('mia')])));
  const opened = await Promise.all(viewers.map((did) => context.personal.open(feed, did, [])));
  expect(opened).toHaveLength(1_000);
  expect((await outcomes())['fallback_busy']).toBeGreaterThan(900);
  await context.personal.settled();
  for (const did of viewers.slice(0, 10))
    await until(async () => (await context.personal.open(feed, did, []))?.posts.length === posts.length);
});

test('a viewer whose build takes longer than a page may wait gets the fallback, and then the build that was made meanwhile', async () => {
  const hurried = await personal.start({ personalWaits: { buildMs: 0, lookUpMs: 30_000 } });
  const newViewer = await personal.viewer('berta');
  await personal.stage.network.follow(newViewer.did, [didOf('mia')]);
  expect(uris(await pageFor(hurried, newViewer))).toEqual(english.slice(0, 3));
  await until(async () => uris(await pageFor(hurried, newViewer))[0] === posts[0]);
  await hurried.stop();
});

test('while ClickHouse and Redis are away, readers get their older builds, and others the fallback', async () => {
  const first = await pageFor(feeds, viewer);
  expect(uris(first)).toEqual(posts.slice(0, 3));
  feeds.feedgen.context.personal.renew(viewer.did);
  await personal.stage.databases.clickhouse.kill();
  expect(uris(await pageFor(feeds, viewer))).toEqual(posts.slice(0, 3));
  expect((await outcomes())['older']).toBeGreaterThan(0);
  await personal.stage.databases.redis.kill();
  expect(await readOn([feeds], viewer, first)).toEqual(posts);
  const stranger = await personal.viewer('stranger');
  const { status, body } = await pageFor(feeds, stranger, { limit: 100 });
  expect({ status, count: body.feed.length }).toEqual({ status: 200, count: english.length + japanese.length });
});
