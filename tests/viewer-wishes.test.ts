import { commitVersion, formatTid, recordTime } from '@updraft/atproto';
import { createWishes } from '@updraft/feedgen';
import { feedInteractions, insertRows, type PostRow, postRows } from '@updraft/store';
import { expect, test } from 'vitest';
import { didOf } from './feedgen/network.ts';
import { useStore } from './use-store.ts';

const store = useStore();
const DAY_MS = 86_400_000;
const [ANN, BOB, CAT] = [didOf('ann'), didOf('bob'), didOf('cat')];
let clock = 0;

/** Writes a post; gives its uri. */
async function post(did: string, about: Partial<Pick<PostRow, 'tags' | 'tokens' | 'quoteUri'>> = {}): Promise<string> {
  const tid = { micros: Date.now() * 1_000 + clock++, clockId: 1 };
  const rkey = formatTid(tid);
  const nothing = { text: '', langs: [], tags: [], mentions: [], tokens: [], parentUri: '', rootUri: '', quoteUri: '' };
  const row = { ...nothing, embed: 'none', hasEmbeddedMedia: false, operation: 'create', jsonRest: '', deleted: false };
  const { recordHour } = recordTime(rkey);
  await insertRows(store.clickhouse, postRows, [
    { ...row, ...about, did, rkey, recordHour, sortAt: Date.now(), version: commitVersion(tid, false) },
  ]);
  return `at://${did}/app.bsky.feed.post/${rkey}`;
}

function wish(viewerDid: string, event: 'requestLess' | 'requestMore', item: string, agoMs = 0): Promise<void> {
  const row = { feed: 'f', viewerDid, interactionId: String(clock++), item, event, feedContext: '', reqId: '' };
  return insertRows(store.clickhouse, feedInteractions, [{ ...row, receivedAt: Date.now() - agoMs }]);
}

test('who asked to see less of a post sees its author and its topic lower, who asked for more higher, and others as before', async () => {
  const [spam, tagged, linked] = [
    await post(ANN),
    await post(BOB, { tags: ['Cats'] }),
    await post(CAT, { tokens: ['word', '/example.org'] }),
  ];
  await wish('viewer', 'requestLess', spam);
  await wish('viewer', 'requestLess', tagged);
  await wish('viewer', 'requestMore', linked);
  await wish('viewer', 'requestLess', 'at://did:plc:nobody/app.bsky.feed.post/3k');
  const [again, cats, plain, link] = [
    await post(ANN),
    await post(didOf('dan'), { tags: ['cats', 'dogs'] }),
    await post(didOf('dan')),
    await post(didOf('dan'), { tokens: ['/example.org'] }),
  ];
  const uris = [again, cats, plain, link, linked];
  const wishes = createWishes(store.clickhouse);
  const factors = async (viewer: string) => uris.map(await wishes.factors(viewer, uris));
  const expected = [1 / 2, 1 / 2, 1, 1.5, 2.25];
  (await factors('viewer')).forEach((factor, n) => expect(factor).toBeCloseTo(expected[n] ?? 0, 2));
  expect(await factors('other')).toEqual([1, 1, 1, 1, 1]);
  expect(await wishes.lowered('viewer')).toEqual(new Set([ANN, BOB, 'did:plc:nobody']));
  expect((await wishes.lowered('other')).size).toBe(0);
});

test('what was said last of a post counts, whatever order it comes in, and older than 90 days nothing does', async () => {
  const [changed, old] = [await post(ANN), await post(BOB)];
  await wish('fickle', 'requestMore', changed, 1_000);
  await wish('fickle', 'requestLess', changed, 2_000);
  await wish('fickle', 'requestLess', old, 91 * DAY_MS);
  const factor = await createWishes(store.clickhouse).factors('fickle', [changed, old]);
  expect(factor(changed)).toBeCloseTo(1.5, 2);
  expect(factor(old)).toBe(1);
});

test('of very many wishes the newest 500 count', async () => {
  const first = await post(ANN);
  await wish('busy', 'requestLess', first, 60_000);
  const row = {
    feed: 'f',
    viewerDid: 'busy',
    event: 'requestLess',
    feedContext: '',
    reqId: '',
    receivedAt: Date.now(),
  };
  const items = Array.from({ length: 500 }, (_, n) => `at://${BOB}/app.bsky.feed.post/3k${n}`);
  await insertRows(
    store.clickhouse,
    feedInteractions,
    items.map((item, n) => ({ ...row, item, interactionId: `many.${n}` })),
  );
  const factor = await createWishes(store.clickhouse).factors('busy', [first]);
  expect(factor(first)).toBe(1);
  expect(factor(items[0] ?? '')).toBe(1 / 16);
});
