import { commitVersion, recordJson } from '@updraft/atproto';
import { changeHide, insertRows, postRows } from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfLabels, VISIBILITY, writeLabels, writeSelf } from './feedgen/moderation.ts';
import { didOf } from './feedgen/network.ts';
import { type Stack, type Store, startStack } from './indexer/stack.ts';
import { postRow, rkeyAt } from './record-row.ts';
import { type SearchService, startSearchService } from './search/service.ts';

let stack: Stack;
let store: Store;
let service: SearchService;
beforeAll(async () => {
  stack = await startStack();
  store = await stack.createStore('search_moderation');
  service = await startSearchService(store);
}, 120_000);
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await stack.close();
});

/** Posts of as many accounts, the newest last; each has the word `duck`. */
async function writePosts(count: number, json: (n: number) => string): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, n) => {
    const atMs = Date.now() - 3_600_000 + n * 1_000;
    const version = commitVersion({ micros: atMs * 1000, clockId: 1 }, false);
    const did = didOf(`duck${String.fromCharCode(97 + Math.floor(n / 26), 97 + (n % 26))}`);
    return postRow({ did, rkey: rkeyAt(atMs), sortAt: atMs, version, tokens: ['duck'], jsonRest: json(n) });
  });
  await insertRows(store.clickhouse, postRows, rows);
  return rows.map(({ did, rkey }) => `at://${did}/app.bsky.feed.post/${rkey}`);
}

async function read(sort: string): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { posts, cursor: next } = (
      await service.get(`/search/posts?q=duck&sort=${sort}&limit=7&cursor=${cursor}`)
    ).json() as { posts: { uri: string }[]; cursor?: string };
    found.push(...posts.map(({ uri }) => uri));
    cursor = next;
  }
  return found;
}

test('the order that recommends leaves out what a feed of everybody does, the newest order only what nobody should see; both to the last page', async () => {
  const isOwn = (n: number) => n % 10 === 1;
  const uris = await writePosts(80, (n) => recordJson({ text: 'duck', ...(isOwn(n) && selfLabels('nudity')) }) ?? '');
  const of = (rest: number) => uris.filter((_, n) => n % 10 === rest);
  const didsOf = (rest: number) => of(rest).map((uri) => uri.split('/')[2] ?? '');
  const { clickhouse } = store;
  await writeLabels(
    clickhouse,
    ...of(2).map((uri) => ({ uri, val: 'porn' })),
    ...didsOf(3).map((uri) => ({ uri, val: 'spam' })),
    ...of(4).map((uri) => ({ uri, val: '!hide' })),
    ...didsOf(5).map((uri) => ({ uri, val: '!takedown' })),
    ...of(8).map((uri) => ({ uri, val: 'rude' })),
    ...of(9).map((uri) => ({ uri, val: 'porn', expMs: Date.now() - 1_000 })),
  );
  for (const did of didsOf(6))
    await writeSelf(clickhouse, did, VISIBILITY, { hideFromAlgorithmicRecommendations: true });
  const hide = { reason: 'x', changedBy: 'test', isHidden: true, atMicros: Date.now() * 1000 };
  for (const subject of of(7)) await changeHide(clickhouse, { ...hide, feed: '', subject });
  for (const subject of of(8)) await changeHide(clickhouse, { ...hide, feed: 'some', subject });
  const newestFirst = uris.toReversed();
  const without = (...rests: number[]) => newestFirst.filter((uri) => !rests.some((rest) => of(rest).includes(uri)));
  expect(await read('latest')).toEqual(without(4, 5));
  expect(await read('top')).toEqual(without(1, 2, 3, 4, 5, 6, 7));
});
