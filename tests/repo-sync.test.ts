import { createBatch, filledBlocks, takeEvent } from '@updraft/ingest';
import { parseLine } from '@updraft/jetstream';
import { createGroundTruth, type GroundTruth } from '@updraft/simulator';
import { hiddenBelow, rankPosts } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectCleanEnd, type Stack, type Store, startProgram, startStack } from './indexer/stack.ts';
import { type SearchService, startSearchService } from './search/service.ts';
import { selectRows } from './select-rows.ts';
import { createToldAccount, type ToldAccount } from './sync/told-account.ts';
import { createDice } from './world/dice.ts';
import { never, quickWriter } from './write-blocks.ts';

/** The last hours of yesterday: a day that no test shares with the clock. */
const NOW_MS = Math.floor(Date.now() / 86_400_000) * 86_400_000;
const DAY_MICROS = (NOW_MS - 12 * 3_600_000) * 1_000;

let stack: Stack;
let store: Store;
let service: SearchService;
let truth: GroundTruth;
let accounts = 0;
beforeAll(async () => {
  stack = await startStack();
  store = await stack.createStore('repo_sync');
  service = await startSearchService(store);
  truth = createGroundTruth();
}, 120_000);
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await stack.close();
});

function newAccount(): ToldAccount {
  const letter = (n: number) => String.fromCharCode(97 + (n % 26));
  accounts += 1;
  return createToldAccount(`did:plc:${'s'.repeat(22)}${letter(accounts / 26)}${letter(accounts)}`, DAY_MICROS);
}

async function tell(...lines: readonly string[]): Promise<void> {
  for (const line of lines) truth.add(line);
  await write(lines);
}

/** Writes the lines as one batch, as the indexer does. */
async function write(lines: readonly string[]): Promise<void> {
  const batch = createBatch();
  for (const line of lines) {
    const parsed = parseLine(line);
    if (!parsed.ok) throw new Error(`${parsed.reason}: ${line}`);
    expect(takeEvent(parsed.event, line, batch)).toBe('written');
  }
  await quickWriter(store.clickhouse).write(filledBlocks(batch), never);
}

/** The texts of the account's posts that show. */
async function shown(did: string): Promise<string[]> {
  const rows = await selectRows<{ text: string }>(
    store.clickhouse,
    `SELECT text FROM posts WHERE did = {did:String} AND version > ${hiddenBelow('did_key')} ORDER BY text`,
    { did },
  );
  return rows.map(({ text }) => text);
}

/** What an account is told of, step by step, and which of its posts then show. */
type Story = (account: ToldAccount) => readonly (readonly [told: readonly string[], shown: readonly string[]])[];

const STORIES: Readonly<Record<string, Story>> = {
  'hides what is older, and shows each record that comes again': (a) => [
    [
      [a.post('a', 1), a.post('b', 2)],
      ['a', 'b'],
    ],
    [[a.sync(3)], []],
    [[a.post('b', 3)], ['b']],
    [[a.post('c', 3)], ['b', 'c']],
  ],
  'shows what comes again at a later rev, changed or not': (a) => [
    [
      [a.post('a', 1), a.post('b', 2)],
      ['a', 'b'],
    ],
    [
      [a.sync(3), a.post('a', 5), a.edit('b', 'changed', 5)],
      ['a', 'changed'],
    ],
    [
      [a.remove('a', 6), a.post('d', 7)],
      ['changed', 'd'],
    ],
  ],
  'empties the repository when nothing comes again': (a) => [
    [
      [a.post('a', 1), a.post('b', 2)],
      ['a', 'b'],
    ],
    [[a.sync(3)], []],
    [[a.post('c', 4)], ['c']],
  ],
  'may be killed half-way, go on with live commits, and begin again': (a) => [
    [
      [a.post('a', 1), a.post('b', 2), a.post('c', 3)],
      ['a', 'b', 'c'],
    ],
    [[a.sync(4), a.post('a', 4)], ['a']],
    [
      [a.post('d', 5), a.remove('b', 6)],
      ['a', 'd'],
    ],
    [
      [a.sync(7), a.post('a', 7), a.post('c', 7), a.post('d', 7)],
      ['a', 'c', 'd'],
    ],
  ],
  'is overtaken by a second one, which hides the rows of the first': (a) => [
    [
      [a.post('a', 1), a.post('b', 2)],
      ['a', 'b'],
    ],
    [[a.sync(3), a.post('a', 3)], ['a']],
    [[a.sync(4), a.post('b', 4)], ['b']],
  ],
  'lets live commits lie between its rows': (a) => [
    [
      [a.post('a', 1), a.post('b', 2)],
      ['a', 'b'],
    ],
    [[a.sync(3), a.post('a', 4), a.remove('a', 5), a.post('b', 4), a.edit('b', 'later', 6)], ['later']],
  ],
  'of a retry whose head is older leaves newer commits, as the account has them': (a) => [
    [
      [a.post('a', 1), a.post('b', 2)],
      ['a', 'b'],
    ],
    [
      [a.remove('a', 5), a.post('c', 6)],
      ['b', 'c'],
    ],
    [[a.sync(4)], ['c']],
    [
      [a.post('a', 4), a.post('b', 4)],
      ['b', 'c'],
    ],
  ],
  'of the same rev again keeps what went away between the fetches, until the next one': (a) => [
    [
      [a.post('a', 1), a.post('b', 2)],
      ['a', 'b'],
    ],
    [
      [a.sync(3), a.post('a', 3), a.post('b', 3)],
      ['a', 'b'],
    ],
    [
      [a.sync(3), a.post('b', 4)],
      ['a', 'b'],
    ],
    [[a.sync(5), a.post('b', 5)], ['b']],
  ],
  'that is older than the last one changes nothing': (a) => [
    [[a.post('a', 1), a.sync(5), a.post('b', 5)], ['b']],
    [[a.sync(3), a.post('a', 3)], ['b']],
  ],
};

describe('invariants 3 and 4: a #sync', () => {
  test.each(Object.entries(STORIES))('%s', async (_, story) => {
    const told = newAccount();
    for (const [lines, expected] of story(told)) {
      await tell(...lines);
      expect(await shown(told.did)).toEqual(expected);
    }
  });

  test('means the same in any order, in any batches and any number of times', async () => {
    const dice = createDice(14);
    const stories = Object.values(STORIES).flatMap((story) => [story, story, story, story]);
    const told = stories.map((story) => {
      const each = newAccount();
      const steps = story(each);
      return { did: each.did, lines: steps.flatMap(([lines]) => lines), end: steps.at(-1)?.[1] };
    });
    const lines = told.flatMap((each) => [...each.lines, ...each.lines.filter(() => dice(2) === 0)]);
    const ordered = lines.map((line) => ({ line, order: dice(1_000_000) })).toSorted((x, y) => x.order - y.order);
    for (let at = 0; at < ordered.length; at += 25) await tell(...ordered.slice(at, at + 25).map(({ line }) => line));
    for (const { did, end } of told) expect(await shown(did)).toEqual(end);
  });

  test('hides the records of an account that is deleted before or after it, and of one that comes back', async () => {
    const [before, after] = [newAccount(), newAccount()];
    await tell(before.post('a', 1), before.status(2, 'deleted'), before.sync(3), before.post('b', 3));
    expect(await shown(before.did)).toEqual([]);
    await tell(before.status(4, ''));
    expect(await shown(before.did)).toEqual(['b']);
    await tell(after.post('a', 1), after.sync(2), after.post('b', 2), after.status(3, 'deleted'), after.status(4, ''));
    expect(await shown(after.did)).toEqual([]);
    await tell(after.sync(5), after.post('c', 5), after.status(6, 'deactivated'));
    expect(await shown(after.did)).toEqual([]);
    await tell(after.status(7, ''));
    expect(await shown(after.did)).toEqual(['c']);
  });

  test('of an erased account leaves nothing', async () => {
    const erased = newAccount();
    await write([erased.post('a', 1), erased.sync(2), erased.post('b', 2)]);
    expect(await store.count('repo_syncs', `did = '${erased.did}'`)).toBe(1);
    const args = ['erase', '--yes', '--wait', '0', erased.did];
    await expectCleanEnd(startProgram('apps/admin/src/main.ts', args, store.env));
    for (const table of ['repo_syncs', 'posts'])
      expect([table, await store.count(table, `did = '${erased.did}'`)]).toEqual([table, 0]);
  });
});

describe('readers follow a #sync:', () => {
  const author = newAccount();
  const [first, second, third] = [newAccount(), newAccount(), newAccount()];
  beforeAll(async () => {
    await tell(author.post('x', 1), author.post('y', 1), author.follow('f', first.did, 1));
    for (const fan of [first, second, third])
      await tell(fan.like('m', author.uri('x'), 2), fan.follow('g', author.did, 2));
    await tell(first.like('n', author.uri('y'), 2));
  });

  const ranking = async () => {
    const query = {
      asOfMs: NOW_MS,
      windowMs: 86_400_000,
      minimumAgeMs: 0,
      minimumLikes: 1,
      gravity: undefined,
      weights: { likes: 1, reposts: 0, replies: 0 },
      replies: true,
      mediaOnly: false,
      languages: [],
      size: 10,
    };
    return (await rankPosts(store.clickhouse, query)).map(({ uri, likes }) => [uri, likes]);
  };
  const found = async () => {
    const answer = await service.get(`/search/posts?q=from:${author.did}&sort=latest`);
    return (answer.json() as { posts: { text: string }[] }).posts.map(({ text }) => text).toSorted();
  };
  const yesterday = new Date(DAY_MICROS / 1_000).toISOString().slice(0, 10);
  const statistics = async () => {
    const { daily_data: days } = (await service.get('/stats')).json() as { daily_data: { date: string }[] };
    return days.find(({ date }) => date === yesterday);
  };
  const expectTrueStatistics = () =>
    expect.poll(statistics).toEqual(truth.dailyStats().find(({ date }) => date === yesterday));

  test('feeds and their counts of likes, post search, the statistics of days', async () => {
    expect(await ranking()).toEqual([
      [author.uri('x'), 3],
      [author.uri('y'), 1],
    ]);
    expect(await found()).toEqual(['x', 'y']);
    await expectTrueStatistics();

    await tell(first.sync(3));
    expect(await ranking()).toEqual([[author.uri('x'), 2]]);
    await expectTrueStatistics();
    await tell(first.like('n', author.uri('y'), 3), second.sync(3), second.like('m', author.uri('x'), 4));
    expect(await ranking()).toEqual([
      [author.uri('x'), 2],
      [author.uri('y'), 1],
    ]);
    await expectTrueStatistics();

    await tell(author.sync(5), author.post('y', 5));
    expect(await ranking()).toEqual([[author.uri('y'), 1]]);
    expect(await found()).toEqual(['y']);
    await expectTrueStatistics();
  });
});
