import { keepForFeed, parseFeedsFile, type QueriedFeed } from '@updraft/feeds';
import { labelsInForce, readStandings, takeBackEarlierLabels } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFeedgenMetrics } from '../apps/feedgen/src/metrics.ts';
import { createKnownLabels } from '../apps/feedgen/src/moderation/known-labels.ts';
import { noteLeftOut } from '../apps/feedgen/src/moderation/moderated-posts.ts';
import { addMembers } from './feedgen/members.ts';
import { type LabelSpec, PROFILE, selfLabels, VISIBILITY, writeLabels, writeSelf } from './feedgen/moderation.ts';
import { didOf } from './feedgen/network.ts';
import { type Instance, type Stage, startStage, until, uris } from './feedgen/stage.ts';
import { createDice } from './world/dice.ts';

const PINNED = `at://${didOf('pinned')}/app.bsky.feed.post/3l3frqadlo32h`;
const TOP = 'kind: top, window: 24h, minimumLikes: 1, refresh: 24h, validOnly: false';
const FEEDS = `
feeds:
  all: { ${TOP}, labels: { exclude: [] }, recommendableOnly: false }
  clean: { ${TOP}, pinned: ['${PINNED}'] }
  three: { ${TOP}, size: 3, perAuthor: 1 }
  people: { ${TOP}, bots: false }
  art: { ${TOP}, labels: { exclude: [], require: [art] } }
  club: { kind: author-label, label: club, refresh: 24h, window: 24h, labels: { exclude: [porn] } }
`;
const HOUR_AGO = Date.now() - 3_600_000;
const POST = { $type: 'app.bsky.feed.post', text: 'x', createdAt: new Date(HOUR_AGO).toISOString() };

let stage: Stage;
let feeds: Instance;
beforeAll(async () => {
  stage = await startStage();
  feeds = await stage.startFeedgen({ feeds: FEEDS, cutsIntervalMs: 150 });
}, 120_000);
afterAll(() => stage[Symbol.asyncDispose]());

let likes = 40;
/** A liked post of this account; each has fewer likes than the one before. */
async function post(name: string, record: object = POST): Promise<string> {
  const [uri = ''] = await stage.network.post({ did: didOf(name), atMs: HOUR_AGO, record });
  likes -= 1;
  await stage.network.like(uri, 1, Date.now() - 1_000, likes);
  return uri;
}
const label = (...labels: LabelSpec[]) => writeLabels(stage.clickhouse, ...labels);
const shown = async (alias: string) => uris(await feeds.page(alias, { limit: '100' }));
const built = async (alias: string) => {
  await feeds.rebuild(alias);
  return shown(alias);
};
const standing = async (uri: string, values = ['porn', 'art', 'bot']) =>
  (await readStandings(stage.clickhouse, [uri], { values, nowMs: Date.now() })).get(uri);
const CLEAR = { labels: [], isOptedOut: false, hiddenFrom: [] };

describe('the standing of a post', () => {
  test('has the labels in force of labelers, on the post, its account and its profile, of the values that are asked for', async () => {
    const did = didOf('labelled');
    const uri = await post('labelled');
    const src = 'did:plc:labeler';
    await label({ uri, val: 'porn' }, { uri: did, val: 'bot' }, { uri: `at://${did}/${PROFILE}/self`, val: 'art' });
    await label({ uri, val: 'spam' }, { uri: `at://${did}/app.bsky.feed.post/3lother`, val: 'porn' });
    await label({ uri, val: 'art', expMs: Date.now() - 1_000 }, { uri: did, val: 'porn' });
    await label({ uri: did, val: 'porn', neg: true }, { uri: did, val: 'art', expMs: Date.now() + 3_600_000 });
    expect((await standing(uri))?.labels).toEqual([
      { val: 'porn', src, on: 'post' },
      { val: 'art', src, on: 'account' },
      { val: 'bot', src, on: 'account' },
      { val: 'art', src, on: 'profile' },
    ]);
    expect((await standing(uri, []))?.labels).toEqual([]);
  });

  test('has the labels that its author put on it and on the profile, while they are there', async () => {
    const did = didOf('open');
    const uri = await post('open', { ...POST, ...selfLabels('porn', 'other') });
    await writeSelf(stage.clickhouse, did, PROFILE, { displayName: 'x', ...selfLabels('bot') });
    expect((await standing(uri))?.labels).toEqual([
      { val: 'porn', src: did, on: 'post' },
      { val: 'bot', src: did, on: 'profile' },
    ]);
    await writeSelf(stage.clickhouse, did, PROFILE, { displayName: 'no labels' });
    expect((await standing(uri))?.labels).toEqual([{ val: 'porn', src: did, on: 'post' }]);
    await writeSelf(stage.clickhouse, did, PROFILE, selfLabels('art'));
    expect((await standing(uri))?.labels.map(({ val }) => val)).toEqual(['porn', 'art']);
    await writeSelf(stage.clickhouse, did, PROFILE, undefined);
    expect((await standing(uri))?.labels.map(({ val }) => val)).toEqual(['porn']);
  });

  test('says whether the account asks not to be recommended now', async () => {
    const did = didOf('shy');
    const uri = await post('shy');
    expect(await standing(uri)).toEqual(CLEAR);
    for (const [value, isOptedOut] of [
      [true, true],
      [false, false],
      ['true', false],
      [true, true],
    ] as const) {
      await writeSelf(stage.clickhouse, did, VISIBILITY, { hideFromAlgorithmicRecommendations: value });
      expect(await standing(uri)).toEqual({ ...CLEAR, isOptedOut });
    }
    await writeSelf(stage.clickhouse, did, VISIBILITY, undefined);
    expect(await standing(uri)).toEqual(CLEAR);
  });
});

test('labels that are kept in mind are those in force, whatever comes, goes and expires meanwhile', async () => {
  const dice = createDice(8);
  const dids = Array.from({ length: 4 }, (_, n) => didOf(`kept-${n}`));
  const posts = dids.flatMap((did) =>
    ['3l3frqadlo32h', '3l3frqadlo42h'].map((rkey) => `at://${did}/app.bsky.feed.post/${rkey}`),
  );
  const subjects = [...posts, ...dids, ...dids.map((did) => `at://${did}/${PROFILE}/self`)];
  const pick = <T>(from: readonly T[]) => from[dice(from.length)] as T;
  const values = ['porn', 'spam'];
  const src = 'did:plc:anew';
  const known = createKnownLabels(stage.clickhouse, values);
  let found = 0;
  for (let round = 0; round < 14; round++) {
    const expMs = pick([0, 0, Date.now() + 150, Date.now() + 3_600_000]);
    await label({ uri: pick(subjects), val: pick([...values, 'other']), src, neg: dice(3) === 0, expMs });
    const asked = posts.filter(() => dice(2) === 0);
    const nowMs = Date.now();
    const labels = await labelsInForce(stage.clickhouse, asked, { values, nowMs });
    expect([round, await known(asked, nowMs)]).toEqual([round, labels]);
    found += labels.size;
  }
  expect(found).toBeGreaterThan(7);
  expect((await known(posts, Date.now())).size).toBeGreaterThan(0);
  await takeBackEarlierLabels(stage.clickhouse, { src, numbering: 1 });
  expect(await known(posts, Date.now())).toEqual(new Map());
});

describe('a build', () => {
  test('leaves out what each feed rules out, and other posts take the places', async () => {
    const [porn, shy, bot, art, plain] = await Promise.all(
      ['nsfw', 'hushed', 'robot', 'artist', 'plain'].map((name) => post(name)),
    );
    const own = await post('frank', { ...POST, ...selfLabels('nudity') });
    await label({ uri: porn ?? '', val: 'porn' }, { uri: didOf('robot'), val: 'bot' }, { uri: art ?? '', val: 'art' });
    await writeSelf(stage.clickhouse, didOf('hushed'), VISIBILITY, { hideFromAlgorithmicRecommendations: true });
    const among = (posts: readonly string[]) =>
      [porn, shy, bot, art, plain, own].map((uri) => posts.includes(uri ?? ''));
    expect(among(await built('all'))).toEqual([true, true, true, true, true, true]);
    expect(among(await built('clean'))).toEqual([false, false, true, true, true, false]);
    expect(among(await built('people'))).toEqual([false, false, false, true, true, false]);
    expect((await built('art')).includes(art ?? '')).toBe(true);
    expect(among(await shown('art'))).toEqual([false, false, false, true, false, false]);
    expect(await built('three')).toHaveLength(3);
    const { values } = await feeds.feedgen.context.metrics.leftOutPosts.get();
    const count = (feed: string, rule: string) =>
      values.find(({ labels }) => labels.feed === feed && labels.rule === rule)?.value;
    expect([count('all', 'excluded_label'), count('people', 'bot'), count('clean', 'opted_out')]).toEqual([0, 1, 1]);
  });

  test('fails when standings can not be read, so that nothing shows unmoderated', async () => {
    const before = await shown('clean');
    await stage.clickhouse.command('RENAME TABLE labels TO labels_away');
    try {
      await expect(feeds.feedgen.builders.get('clean')?.buildOnce()).rejects.toThrow();
    } finally {
      await stage.clickhouse.command('RENAME TABLE labels_away TO labels');
    }
    expect(await shown('clean')).toEqual(before);
  });

  test('notes what it left out in the order of the query', async () => {
    const feed = parseFeedsFile(FEEDS, '').feeds.get('art') as QueriedFeed;
    const bad = { ...CLEAR, hiddenFrom: [''] };
    const { onLeftOut, leftOut } = noteLeftOut('art', createFeedgenMetrics());
    const standings = async (posts: Iterable<{ uri: string }>) => new Map([...posts].map(({ uri }) => [uri, bad]));
    const keep = keepForFeed({ keepValid: async () => new Set(), standings, onLeftOut }, feed);
    for (const some of [['c', 'b'], ['a']])
      expect(await keep(some.map((uri) => ({ uri, rowVersion: '1' })))).toEqual(new Set());
    expect(leftOut()).toEqual(['c', 'b', 'a']);
  });
});

describe('a live build that is built once a day', () => {
  test('loses a post whose account is labelled or opts out, and has it again when that is over', async () => {
    const [uri, other] = [await post('turning'), await post('wary')];
    await addMembers(feeds, 'club', [didOf('turning')]);
    expect(await built('clean')).toEqual(expect.arrayContaining([uri, other]));
    expect(await built('club')).toContain(uri);
    const { id } = feeds.feedgen.context.live.current('clean') ?? {};
    await label({ uri: didOf('turning'), val: 'porn' });
    await writeSelf(stage.clickhouse, didOf('wary'), VISIBILITY, { hideFromAlgorithmicRecommendations: true });
    await until(async () => !(await shown('clean')).includes(uri) && !(await shown('clean')).includes(other));
    await until(async () => !(await shown('club')).includes(uri));
    expect(await built('all')).toContain(uri);
    expect(feeds.feedgen.context.live.current('clean')?.id).toBe(id);
    await label({ uri: didOf('turning'), val: 'porn', neg: true });
    await until(async () => (await shown('clean')).includes(uri));
  });

  test('is built soon when a label that left a post out of it is taken back or has expired', async () => {
    const [negated, expiring] = [await post('negated'), await post('expiring')];
    await label({ uri: negated, val: 'porn' }, { uri: expiring, val: 'porn', expMs: Date.now() + 3_600_000 });
    const before = await built('clean');
    expect([negated, expiring].map((uri) => before.includes(uri))).toEqual([false, false]);
    await label({ uri: negated, val: 'porn', neg: true });
    await until(async () => (await shown('clean')).includes(negated));
    await label({ uri: expiring, val: 'porn', expMs: Date.now() - 1_000 });
    await until(async () => (await shown('clean')).includes(expiring));
  });

  test('is not built again and again for a post that stays out', async () => {
    await label({ uri: await post('lasting'), val: 'porn' });
    await feeds.rebuild('clean');
    const ids = new Set<string | undefined>();
    for (let look = 0; look < 6; look += 1) {
      ids.add(feeds.feedgen.context.live.current('clean')?.id);
      await new Promise((resolve) => setTimeout(resolve, 200)); // a check of the labels
    }
    expect(ids.size).toBeLessThanOrEqual(2); // one build may have waited in the queue
  });
});
