import { recordJson, timeVersion } from '@updraft/atproto';
import type { PostCard } from '@updraft/console-api/views';
import {
  actorHandles,
  actorStatus,
  createHiddenActors,
  insertRows,
  listErasedAccounts,
  type PostRow,
  postRows,
  profiles,
} from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROFILE, selfLabels, writeLabels, writeSelf } from './feedgen/moderation.ts';
import { didOf } from './feedgen/network.ts';
import { type Stack, type Store, startStack } from './indexer/stack.ts';
import { postRow, rkeyAt } from './record-row.ts';
import { type SearchService, startSearchService } from './search/service.ts';

let stack: Stack;
let store: Store;
let service: SearchService;
beforeAll(async () => {
  stack = await startStack();
  store = await stack.createStore('console_posts');
  service = await startSearchService(store);
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await stack.close();
});

const written = new Map<string, PostRow>();
let count = 0;

/** Writes a post of the account, as the indexer would; gives its uri. */
async function write(name: string, text: string, record: object = {}, quoteUri = ''): Promise<string> {
  count += 1;
  const atMs = Date.now() - 3_600_000 + count * 1_000;
  const row = postRow({
    did: didOf(name),
    rkey: rkeyAt(atMs),
    sortAt: atMs,
    version: timeVersion(atMs * 1000),
    text,
    quoteUri,
    langs: ['en'],
    jsonRest: recordJson({ text, ...record }) ?? '',
  });
  await insertRows(store.clickhouse, postRows, [row]);
  const uri = `at://${row.did}/app.bsky.feed.post/${row.rkey}`;
  written.set(uri, row);
  return uri;
}

async function read(...uris: string[]): Promise<PostCard[]> {
  const query = new URLSearchParams(uris.map((uri) => ['uris', uri]));
  const { posts: cards } = (await service.get(`/console/api/posts?${query.toString()}`)).json() as {
    posts: PostCard[];
  };
  return cards;
}

test('a card says who wrote the post, its text in segments, and what is attached; in the order that was asked for', async () => {
  const did = didOf('carol');
  const version = timeVersion(Date.now() * 1000);
  await insertRows(store.clickhouse, actorHandles, [{ did, handle: 'carol.example', version }]);
  const profile = { actorDid: did, displayName: '<b>Carol</b>', description: '', pinnedPostUri: '', createdAt: 0 };
  await insertRows(store.clickhouse, profiles, [{ ...profile, version, deleted: false }]);
  const quoted = await write('carol', 'quoted');
  const quoting = await write(
    'carol',
    'see x.example',
    {
      facets: [
        {
          index: { byteStart: 4, byteEnd: 13 },
          features: [{ $type: 'app.bsky.richtext.facet#link', uri: 'https://x.example/' }],
        },
      ],
      embed: {
        $type: 'app.bsky.embed.recordWithMedia',
        record: { record: { uri: quoted, cid: 'x' } },
        media: { $type: 'app.bsky.embed.images', images: [{ alt: 'a cat' }, { alt: 7 }] },
      },
    },
    quoted,
  );
  const [first, second] = await read(quoting, quoted);
  expect(first).toMatchObject({
    uri: quoting,
    handle: 'carol.example',
    displayName: '<b>Carol</b>',
    segments: [{ text: 'see ' }, { text: 'x.example', link: 'https://x.example/' }],
    images: [{ alt: 'a cat' }, { alt: '' }],
    quote: { uri: quoted, did, handle: 'carol.example', text: 'quoted' },
    langs: ['en'],
    labels: [],
  });
  expect(second?.segments).toEqual([{ text: 'quoted' }]);
});

test('what shows no more is left out, and a quote of it has no text', async () => {
  const [gone, away, erased, taken] = [
    await write('dan', 'deleted'),
    await write('eve', 'of an account that is away'),
    await write('fay', 'of an erased account'),
    await write('gus', 'taken down'),
  ];
  const version = timeVersion((Date.now() + 1_000) * 1000);
  const deleted = { operation: 'delete', jsonRest: '', text: '', version, deleted: true };
  const rows = [...written].filter(([uri]) => uri === gone).map(([, row]) => ({ ...row, ...deleted }));
  await insertRows(store.clickhouse, postRows, rows);
  const status = { did: didOf('eve'), isDeletion: false, active: false, status: 'deactivated', version };
  await insertRows(store.clickhouse, actorStatus, [status]);
  await createHiddenActors({ clickhouse: store.clickhouse, log: { warn: () => {} } as never }).refresh();
  await listErasedAccounts(store.clickhouse, [didOf('fay')]);
  await writeLabels(store.clickhouse, { uri: taken, val: '!takedown' });
  const quotes = await Promise.all([gone, away, erased, taken].map((uri) => write('hal', 'look', {}, uri)));
  expect(await read(gone, away, erased, taken)).toEqual([]);
  expect((await read(...quotes)).map(({ quote }) => quote)).toEqual(
    [gone, away, erased, taken].map((uri) => ({ uri, did: '', handle: '', text: '' })),
  );
});

test('who is not signed in reads nothing of accounts that want no such readers, and is warned of labels', async () => {
  await writeSelf(store.clickhouse, didOf('ida'), PROFILE, selfLabels('!no-unauthenticated'));
  const shy = await write('ida', 'for signed-in readers');
  const quoting = await write('joe', 'look', {}, shy);
  const bare = await write('kim', 'bare', selfLabels('nudity'));
  await writeLabels(store.clickhouse, { uri: bare, val: 'porn' }, { uri: bare, val: 'rude' });
  const cards = await read(shy, quoting, bare);
  expect(cards.map(({ uri }) => uri)).toEqual([quoting, bare]);
  expect(cards[0]?.quote?.text).toBe('');
  expect(cards[1]?.labels.toSorted()).toEqual(['nudity', 'porn']);
});

test('uris of anything else, and unknown ones, are left out; too many are refused', async () => {
  const known = await write('lea', 'known');
  expect(await read('', 'x', 'at://did:plc:x/app.bsky.feed.like/3k', `${known}x`, known, known)).toHaveLength(1);
  const many = await service.get(`/console/api/posts?${'uris=x&'.repeat(51)}`);
  expect([many.status, many.text]).toEqual([400, expect.stringContaining('at most 50')]);
  expect((await service.get('/console/api/posts')).status).toBe(400);
});

test('a caller who asks too often is told when to ask again', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => service.get('/console/api/posts?uris=x', {}, '10.9.9.9')),
  );
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused.length).toBeGreaterThan(0);
  for (const { status, headers } of refused) expect([status, Number(headers['retry-after']) > 0]).toEqual([429, true]);
});
