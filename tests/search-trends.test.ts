import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AllTrends, readTrends } from '@updraft/search';
import { createGroundTruth, type GroundTruth } from '@updraft/simulator';
import { changeHide } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VISIBILITY, writeLabels, writeSelf } from './feedgen/moderation.ts';
import { type Stack, type Store, startProgram, startStack } from './indexer/stack.ts';
import type { TruePost } from './search/naive-search.ts';
import { naiveTrends } from './search/naive-trends.ts';
import { type SearchService, startSearchService } from './search/service.ts';
import { makeTrendWorld } from './search/trend-world.ts';

const NOW_MS = Date.now() - 60_000;
let stack: Stack;
let store: Store;
let service: SearchService;
const truth: GroundTruth = createGroundTruth();
const { lines, dids } = makeTrendWorld(seeded(7), NOW_MS);

beforeAll(async () => {
  stack = await startStack();
  store = await stack.createStore('search_trends');
  for (const line of lines) truth.add(line);
  const path = join(stack.directory, 'world.jsonl');
  await writeFile(path, `${[...lines, ...lines.filter((_, n) => n % 3 === 0)].join('\n')}\n`);
  const program = startProgram('apps/indexer/src/replay-command.ts', ['--restart', path], store.env);
  if ((await program.exited).code !== 0) throw new Error(program.output());
  service = await startSearchService(store, { TRENDS_BOTS: 'true' });
}, 120_000);
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await stack.close();
});

describe('trends', () => {
  test('are those that every post, counted by itself, makes; at any moment', async () => {
    for (const toMs of [NOW_MS, NOW_MS - 1_234_567, NOW_MS - 86_400_000]) await compare(toMs, isLabelledByItself, true);
  });

  test('leave out posts and accounts that are not recommended, and bots unless they may count', async () => {
    const { clickhouse } = store;
    const at = (n: number) => dids[n] ?? '';
    const [post = ''] = [...truth.records.keys()].filter((uri) => !uri.includes(at(10)));
    await writeLabels(clickhouse, { uri: at(10), val: 'spam' }, { uri: post, val: 'porn' });
    await writeLabels(clickhouse, { uri: `at://${at(11)}/app.bsky.actor.profile/self`, val: '!hide' });
    await writeLabels(clickhouse, { uri: at(12), val: 'bot' }, { uri: at(13), val: 'rude' });
    await writeLabels(clickhouse, { uri: at(14), val: 'porn', expMs: NOW_MS - 1_000 });
    await writeSelf(clickhouse, at(15), VISIBILITY, { hideFromAlgorithmicRecommendations: true });
    const hide = { reason: 'x', changedBy: 'test', isHidden: true, atMicros: Date.now() * 1000 };
    await changeHide(clickhouse, { ...hide, feed: '', subject: at(16) });
    await changeHide(clickhouse, { ...hide, feed: 'some', subject: at(17) });
    const out = [at(10), at(11), at(15), at(16)];
    const isOut = (each: TruePost) => out.includes(each.did) || each.uri === post || isLabelledByItself(each);
    await compare(NOW_MS, isOut, true);
    await compare(NOW_MS, (each) => isOut(each) || each.did === at(12), false);
  });

  test('are served by language and kind, the highest score first', async () => {
    const read = async (params: string) =>
      (await service.get(`/trends?${params}`)).json() as { usual_days: number; trends: AllTrends['languages'][string] };
    const all = await read('limit=50');
    expect(all.usual_days).toBe(7);
    expect(all.trends.length).toBeGreaterThan(5);
    expect(all.trends.map(({ score }) => score)).toEqual(
      all.trends.map(({ score }) => score).toSorted((a, b) => b - a),
    );
    const tags = await read('kind=tags&limit=50');
    expect(tags.trends).toEqual(all.trends.filter(({ kind }) => kind === 'tags'));
    expect((await read('lang=en-GB&limit=2')).trends).toEqual((await read('lang=en&limit=50')).trends.slice(0, 2));
    expect((await read('lang=xx')).trends).toEqual([]);
  });

  test.each(['kind=loves', 'limit=51', 'lang=', 'lang=a_b'])('refuse %s', async (params) => {
    const answer = await service.get(`/trends?${params}`);
    expect([answer.status, answer.json()]).toMatchObject([400, { error: 'InvalidRequest' }]);
  });
});

async function compare(toMs: number, isLeftOut: (post: TruePost) => boolean, bots: boolean): Promise<void> {
  const expected = naiveTrends(truth, toMs, isLeftOut);
  const { languages } = await readTrends(store.clickhouse, { bots }, toMs);
  expect(Object.keys(languages).toSorted()).toEqual([...expected.keys()].toSorted());
  const round = (number: number) => Math.round(number * 100) / 100;
  for (const [lang, trends] of expected) {
    const found = languages[lang] ?? [];
    const line = (kind: string, term: string, ...rest: number[]) => [kind, term, ...rest].join(' ');
    expect(
      found.map(({ kind, term, accounts, usual, score }) => line(kind, term, accounts, usual, score)).toSorted(),
    ).toEqual(
      trends
        .map(({ kind, term, accounts, usual }) => {
          const score = (accounts - usual) / Math.sqrt(1 + usual + (usual * usual) / 16);
          return line(kind, term, accounts, round(usual), round(score));
        })
        .toSorted(),
    );
    for (const { kind, term, accounts, posts } of found) {
      const having = trends.find((trend) => trend.kind === kind && trend.term === term)?.posts;
      expect(posts.length).toBe(Math.min(3, accounts));
      expect(posts.every((uri) => having?.has(uri))).toBe(true);
      expect(new Set(posts.map((uri) => uri.split('/')[2])).size).toBe(posts.length);
    }
  }
}

function isLabelledByItself({ uri }: TruePost): boolean {
  const record = truth.records.get(uri)?.commit.record as { labels?: { values: { val: string }[] } } | undefined;
  return record?.labels?.values.some(({ val }) => val === 'nudity') ?? false;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
