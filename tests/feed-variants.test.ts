import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@updraft/command';
import { parseFeedsFile, variantFor } from '@updraft/feeds';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addFeedsCommands } from '../apps/admin/src/feeds/feeds-commands.ts';
import { readiness } from '../apps/feedgen/src/health.ts';
import { type Account, type Directory, startDirectory } from './feedgen/directory.ts';
import { didOf } from './feedgen/network.ts';
import { type Instance, type Stage, startStage, until, uris } from './feedgen/stage.ts';
import { bearer, sign } from './feedgen/tokens.ts';

const fileOf = (share: number) => `
feeds:
  best:
    kind: top
    minimumLikes: 1
    validOnly: false
    window: 24h
    refresh: 24h
    publish: { name: Best, acceptsInteractions: true }
    variants:
      long: { window: 48h, share: ${share} }
`;
const HOUR_MS = 3_600_000;

let folder: string;
let stage: Stage;
let directory: Directory;
let here: Instance;
let there: Instance;
/** Gets the variant. */
let long: Account;
/** Gets the feed as it is. */
let plain: Account;
/** The most liked first; the last two are older than a day. */
let posts: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-variants-'));
  await writeFile(join(folder, 'feeds.yaml'), fileOf(50));
  [stage, directory] = await Promise.all([startStage(), startDirectory()]);
  const ages = [1, 2, 3, 30, 31].map((hours) => Date.now() - hours * HOUR_MS);
  posts = await stage.network.post(...ages.map((atMs, nth) => ({ did: didOf(`author${'abcde'[nth]}`), atMs })));
  for (const [index, uri] of posts.entries()) await stage.network.like(uri, 9 - index);
  here = await start(50);
  there = await start(1); // shares changed, and the instance restarted
  [long, plain] = await Promise.all([accountOf('long'), accountOf('')]);
}, 120_000);
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const start = (share: number) => stage.startFeedgen({ feeds: fileOf(share), env: { PLC_HOST: directory.url } });

/** An account that gets this variant by half the shares, and not by a hundredth. */
async function accountOf(variant: string): Promise<Account> {
  const feeds = [50, 1].map((share) => parseFeedsFile(fileOf(share), 'f').feeds.get('best'));
  for (const letter of 'bcdefghijklmnopqrstuvwxyz') {
    const [now, later] = feeds.map((feed) => feed && variantFor(feed, didOf(`viewer${letter}`)).variant?.name);
    if ((now ?? '') === variant && later === undefined) return directory.register(`viewer${letter}`);
  }
  throw new Error(`nobody gets ${variant}`);
}

const page = async (instance: Instance, account: Account | undefined, query: Readonly<Record<string, string>> = {}) =>
  instance.page('best', query, account === undefined ? {} : bearer(await sign(account)));

test('a viewer gets their variant with a build of its own, and whoever is logged out the feed as it is', async () => {
  expect(uris(await page(here, long))).toEqual(posts);
  expect(uris(await page(here, plain))).toEqual(posts.slice(0, 3));
  expect(uris(await page(here, undefined))).toEqual(posts.slice(0, 3));
  expect((await page(here, long)).body.feed[1]).toMatchObject({
    feedContext: expect.stringMatching(/^position=2;.*;variant=long$/),
  });
  expect(uris(await page(there, long))).toEqual(posts.slice(0, 3));
});

test('a cursor keeps the variant that it began with, whatever the shares are by then and who reads on', async () => {
  for (const [reader, all] of [
    [long, posts],
    [plain, posts.slice(0, 3)],
  ] as const) {
    const first = await page(here, reader, { limit: '2' });
    for (const [instance, account] of [
      [here, reader],
      [there, reader],
      [there, undefined],
    ] as const) {
      const rest = await page(instance, account, { cursor: first.body.cursor });
      expect([...uris(first), ...uris(rest)]).toEqual(all);
    }
  }
});

test('a cursor of a variant that is gone goes on in the feed as it is', async () => {
  const { body } = await page(here, long, { limit: '2' });
  const gone = await stage.startFeedgen({
    feeds: fileOf(50).replace('long:', 'short:'),
    env: { PLC_HOST: directory.url },
  });
  expect(uris(await page(gone, undefined, { cursor: body.cursor }))).toEqual(posts.slice(2, 3));
  await gone.stop();
});

test('a variant is no feed of its own to clients', async () => {
  const told = await here.get('/xrpc/app.bsky.feed.describeFeedGenerator');
  expect(JSON.stringify(told.body.feeds)).not.toContain('long');
  expect(await here.get('/')).not.toMatchObject({ body: expect.stringContaining('long') });
  expect(await here.page('best/long')).toMatchObject({ status: 400 });
  expect(await here.get('/feeds/best%2Flong.rss')).toMatchObject({ status: 404 });
});

test('metrics, readiness and explain tell a variant by the name of its feed and its own', async () => {
  expect(await here.feedgen.context.metrics.registry.metrics()).toContain('feed_build_posts{feed="best/long"} 5');
  const checks = await readiness(here.feedgen.context, async () => [])();
  expect(checks).toContainEqual({ name: 'feed best/long', ok: true });
  const old = posts[4] ?? '';
  expect((await admin('explain', 'best', old))[0]).toBe('shown now\tno');
  expect((await admin('explain', 'best/long', old))[0]).toBe('shown now\tyes');
});

test("a host's hide and a deletion take a post out of the feed and its variants", async () => {
  const [, second = '', third = ''] = posts;
  await admin('hide', second, '--feed', 'best', '--reason', 'x');
  await stage.network.deletePost(third);
  const rest = [0, 3, 4].map((index) => posts[index]);
  await until(async () => uris(await page(here, long)).length === rest.length);
  expect(uris(await page(here, long))).toEqual(rest);
  expect(uris(await page(here, plain))).toEqual(posts.slice(0, 1));
});

async function admin(...argv: string[]): Promise<string[]> {
  const out = new Array<string>();
  const { databases } = stage;
  const env = { REDIS_ADDRESS: databases.redis.address, FEEDS_FILE: join(folder, 'feeds.yaml') };
  await runCommand('pnpm admin', addFeedsCommands, argv, {
    env: { ...databases.clickhouse.env, ...env },
    out: (line) => out.push(line),
    note: (line) => out.push(line),
  });
  return out;
}
