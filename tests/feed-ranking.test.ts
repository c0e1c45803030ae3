import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeMembers } from '@updraft/feeds';
import { createWorld, type Ranking, TOP, WHATS_HOT } from '@updraft/simulator';
import { createClickHouse } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Instance, startInstance } from './feedgen/stage.ts';
import { startDatabases } from './world/databases.ts';
import { createDice } from './world/dice.ts';
import { type Stage, startStage } from './world/stage.ts';

// The network is a thousandth of the real one, so fewer likes make a post hot.
const FEEDS = `
feeds:
  whats-hot: { kind: hot, window: 24h, minimumAge: 5m, minimumLikes: 4, gravity: 1.8, replies: false, refresh: 1s, validOnly: false }
  top-1h: { kind: top, window: 1h, minimumLikes: 1, refresh: 1s, validOnly: false }
  top-24h: { kind: top, window: 24h, minimumLikes: 3, refresh: 1s, size: 100, validOnly: false }
  cl-all: { kind: author-label, label: all, window: 72h, refresh: 1s }
`;
const READ = ['whats-hot', 'top-1h', 'cl-all'];

let folder: string;
let stage: Stage;
let feeds: Instance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-ranking-'));
  const world = createWorld({
    seed: 4,
    accounts: 300,
    hostile: 0.3,
    nowMicros: Date.now() * 1000,
    eventsPerDay: 16_000,
  });
  const databases = await startDatabases(folder);
  stage = await startStage({ databases, world, folder, stretch: 8_000, random: createDice(4) });
  const clickhouse = createClickHouse(stage.databases.clickhouse.connection);
  const members = Array.from({ length: 20 }, (_, n) => ({
    did: world.accounts.did(n),
    actions: [{ kind: 'give' as const }],
  }));
  await changeMembers(clickhouse, { label: 'all', changedBy: 'test' }, members);
  await clickhouse.close();
  stage.startIndexer();
  await stage.flow();
  feeds = await startInstance(stage.databases, { feeds: FEEDS });
});
afterAll(async () => {
  await feeds.stop();
  await stage[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Reading {
  readonly uris: readonly string[];
  /** Of the pages that named a build. */
  readonly buildIds: ReadonlySet<string>;
  /** Posts of the build that did not show while one of its pages was read. */
  readonly hidden: ReadonlySet<string>;
}

/** Reads a feed to its end by pages of seven. */
async function readToEnd(alias: string): Promise<Reading> {
  const { live, cuts } = feeds.feedgen.context;
  const reading = { uris: new Array<string>(), buildIds: new Set<string>(), hidden: new Set<string>() };
  let cursor: string | undefined;
  do {
    const page = await feeds.page(alias, { limit: '7', ...(cursor !== undefined && { cursor }) });
    expect(page.status).toBe(200);
    reading.uris.push(...page.body.feed.map(({ post }: { post: string }) => post));
    cursor = page.body.cursor;
    const buildId = cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString().split('|')[2];
    if (buildId === undefined) continue;
    reading.buildIds.add(buildId);
    for (const post of live.get(alias, buildId)?.posts ?? []) if (cuts.isCut(post, alias)) reading.hidden.add(post.uri);
  } while (cursor !== undefined);
  return reading;
}

describe('under full ingest, with a build every second', () => {
  test('each post of the build that is read comes once, in order', async () => {
    const flow = new AbortController();
    const flowing = stage.flow().finally(() => flow.abort());
    const builds = new Set<string>();
    while (!flow.signal.aborted || builds.size < 2 * READ.length) {
      for (const alias of READ) {
        const { uris, buildIds, hidden } = await readToEnd(alias);
        const [buildId = ''] = buildIds;
        if (buildIds.size === 0) continue;
        expect(buildIds.size).toBe(1);
        builds.add(buildId);
        const inOrder = feeds.feedgen.context.live.get(alias, buildId)?.posts.map((post) => post.uri) ?? [];
        expect(inOrder.filter((uri) => uris.includes(uri))).toEqual(uris);
        expect(inOrder.filter((uri) => !uris.includes(uri) && !hidden.has(uri))).toEqual([]);
      }
    }
    await flowing;
    await stage.indexer().stop(); // it writes all tables of what it has
  });

  test.each<[string, Omit<Ranking, 'asOfMs'>]>([
    ['whats-hot', { ...WHATS_HOT, minLikes: 4 }],
    ['top-1h', { ...TOP, windowHours: 1, minLikes: 1 }],
    ['top-24h', { ...TOP, windowHours: 24, minLikes: 3, size: 100 }],
  ])('%s ranks as the ground truth does, likes taken back included', async (alias, ranking) => {
    await feeds.rebuild(alias);
    const { asOfMs = 0, id } = feeds.feedgen.context.live.current(alias) ?? {};
    const truth = stage.truth.ranking({ ...ranking, asOfMs }).map(({ uri }) => uri);
    expect(truth.length).toBeGreaterThan(5);
    expect(feeds.feedgen.context.live.get(alias, id ?? '')?.posts.map(({ uri }) => uri)).toEqual(truth);
  });
});
