import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@updraft/command';
import type { Explanation } from '@updraft/feeds';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addFeedsCommands } from '../apps/admin/src/feeds/feeds-commands.ts';
import { verifyExplain } from './explain/verify.ts';
import { didOf } from './feedgen/network.ts';
import { type Instance, type Stage, startStage, until } from './feedgen/stage.ts';

const PIN = `at://${didOf('pin')}/app.bsky.feed.post/3l3frqadlo32h`;
const FEEDS = `
feeds:
  hot: { kind: hot, window: 24h, minimumLikes: 3, gravity: 1.5, perAuthor: 1, size: 2, refresh: 1h, pinned: ['${PIN}'] }
  a-club: { kind: author-label, label: club, audience: members, refresh: 1h }
`;
const OFTEN_BROKEN = [
  'known',
  'window',
  'visible',
  'replies',
  'valid',
  'minimum likes',
  'author share',
  'size',
  'excluded labels',
  'required labels',
  'recommendable',
  'author label',
  'list',
  'words',
  'feeds',
];
const HOUR_MS = 3_600_000;

let stage: Stage;
let feeds: Instance;
let folder: string;
let key: string;

beforeAll(async () => {
  [stage, folder] = await Promise.all([startStage(), mkdtemp(join(tmpdir(), 'updraft-explain-'))]);
  await writeFile(join(folder, 'feeds.yaml'), FEEDS);
  key = (await admin('api-key', 'create', '--feed', 'hot', '--for', didOf('operator'))).out[0] ?? '';
  feeds = await stage.startFeedgen({ feeds: FEEDS });
  await until(async () => (await feeds.get('/api/admin/feeds', { 'x-api-key': key })).status === 200);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function admin(...argv: string[]) {
  const [out, notes] = [new Array<string>(), new Array<string>()];
  const env = {
    ...stage.databases.clickhouse.env,
    REDIS_ADDRESS: stage.databases.redis.address,
    FEEDS_FILE: join(folder, 'feeds.yaml'),
  };
  const io = { env, out: (line: string) => out.push(line), note: (line: string) => notes.push(line) };
  return { code: await runCommand('pnpm admin', addFeedsCommands, argv, io), out, notes };
}

const ask = (feed: string, uri: string) =>
  feeds.get(`/api/admin/explain?feed=${feed}&uri=${encodeURIComponent(uri)}`, { 'x-api-key': key });

async function explained(uri: string, feed = 'hot'): Promise<Explanation> {
  const { status, body } = await ask(feed, uri);
  expect(status).toBe(200);
  return body as unknown as Explanation;
}

describe('why a post is in a feed', () => {
  let best: string;
  let second: string;
  let reply: string;
  let few: string;
  let third: string;

  beforeAll(async () => {
    const atMs = Date.now() - 2 * HOUR_MS;
    const [mia, otto] = [didOf('mia'), didOf('otto')];
    [best = '', second = '', reply = '', few = '', third = ''] = await stage.network.post(
      { did: mia, atMs },
      { did: mia, atMs },
      { did: otto, atMs, parentUri: PIN },
      { did: otto, atMs },
      { did: otto, atMs: atMs - HOUR_MS },
    );
    await stage.network.like(best, 9);
    await Promise.all([second, reply, third].map((uri) => stage.network.like(uri, 4)));
    await stage.network.like(few, 2);
    await feeds.rebuild('hot');
  });

  test('is told with its score, its parts and its place', async () => {
    const { isShown, isTaken, score, build, rules, because } = await explained(best);
    expect({ isShown, isTaken, because }).toEqual({ isShown: true, isTaken: true, because: 'it passes every rule' });
    expect(build).toMatchObject({ place: 1, posts: 2, isCut: false });
    expect(score).toMatchObject({ likes: 9, sum: 9, weights: { likes: 1 }, gravity: 1.5 });
    expect(score?.score).toBeCloseTo(8 / ((score?.ageHours ?? 0) + 2) ** 1.5, 9);
    expect(rules.every(({ isPassed }) => isPassed)).toBe(true);
  });

  test('or not: the first rule that it breaks, with its numbers', async () => {
    expect(await explained(second)).toMatchObject({
      isTaken: false,
      because: expect.stringMatching(/^author share: number 2 of/),
    });
    expect(await explained(reply)).toMatchObject({ because: `replies: it is a reply to ${PIN}` });
    expect(await explained(few)).toMatchObject({
      because: 'minimum likes: accounts that like it: 2, the feed wants 3',
    });
    expect(await explained(`${best.slice(0, -3)}222`)).toMatchObject({ because: 'known: nothing is known of it' });
    expect(await explained(PIN)).toMatchObject({ isShown: true, because: 'the feeds file names it' });
  });

  test('a post that goes is cut at once, and explained as deleted', async () => {
    await stage.network.deletePost(third);
    await until(async () => (await explained(third)).build?.isCut === true);
    expect(await explained(third)).toMatchObject({ isShown: false, isTaken: false, because: 'known: it was deleted' });
  });

  test('the command says what the API says', async () => {
    const { code, out } = await admin('explain', 'hot', best, '--json');
    expect(code).toBe(0);
    const [told, asked] = [JSON.parse(out[0] ?? '') as Explanation, await explained(best)];
    expect(told.rules.map(({ rule, isPassed }) => [rule, isPassed])).toEqual(
      asked.rules.map(({ rule, isPassed }) => [rule, isPassed]),
    );
    expect(told).toMatchObject({ isShown: true, isTaken: true, score: { likes: 9 } });
    expect((await admin('explain', 'hot', few)).out).toContain(
      'failed\tminimum likes\taccounts that like it: 2, the feed wants 3',
    );
    const address = best.replace('at://', 'https://bsky.app/profile/').replace('app.bsky.feed.post', 'post');
    expect((await admin('explain', 'hot', address)).out[0]).toMatch(/^shown now\tyes/);
    for (const text of ['nonsense', didOf('operator')])
      expect(await admin('explain', 'hot', text)).toMatchObject({
        code: 1,
        out: [],
        notes: [expect.stringMatching(/^expected (the at-uri of )?a post/)],
      });
    expect(await admin('explain', 'nope', best)).toMatchObject({
      code: 1,
      notes: [expect.stringMatching(/^there is no feed nope in the feeds file \(FEEDS_FILE\). It has .*\bhot\b/)],
    });
  });

  test('is told to who has a key of the feed', async () => {
    expect(await ask('a-club', best)).toMatchObject({ status: 403 });
    expect(await ask('nope', best)).toMatchObject({ status: 400, body: { error: 'UnknownFeed' } });
    expect(await ask('hot', 'at://mia.example/app.bsky.feed.post/x')).toMatchObject({ status: 400 });
    expect(await feeds.get(`/api/admin/explain?feed=hot&uri=${best}`)).toMatchObject({ status: 401 });
  });
});

// pnpm verify:explain --pairs 10000 is the long run.
test('explain says of random posts what the SQL of random feeds says', { timeout: 120_000 }, async () => {
  const { mismatches, ...figures } = await verifyExplain(stage.clickhouse, { seed: 2, pairs: 140 });
  expect(mismatches).toEqual([]);
  expect(figures.taken).toBeGreaterThan(20);
  expect(figures.pairs - figures.taken).toBeGreaterThan(20);
  expect(Object.keys(figures.broken)).toEqual(expect.arrayContaining(OFTEN_BROKEN));
});
