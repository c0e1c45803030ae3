import { startPlayServer } from '@updraft/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommitParts, commitLine, likes, START_MICROS, tid } from './indexer/events.ts';
import { useStack } from './indexer/fixtures.ts';
import { type Program, type Store, until } from './indexer/stack.ts';
import { startIndexer } from './indexer/start.ts';
import { selectRows } from './select-rows.ts';

const POST = 'app.bsky.feed.post';
const DEEP = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;

/** Frames that are no event, and the reason with which they are to stand in rejected_events. */
const REJECTED: readonly [what: string, frame: string, reason: string][] = [
  ['a frame that is no JSON', 'hello', 'not_json'],
  ['half a frame', commitLine(1).slice(0, 200), 'not_json'],
  ['an array', '[1,2]', 'not_an_object'],
  ['a number', '17', 'not_an_object'],
  ['an empty object', '{}', 'unknown_kind'],
  ['an unknown kind', commitLine(2).replace('"kind":"commit"', '"kind":"sync"'), 'unknown_kind'],
  ['an unknown operation', commitLine(3, { operation: 'upsert' }), 'unknown_operation'],
  ['a DID that is none', commitLine(4, { did: 'did:' }), 'bad_did'],
  ['a time that is a text', commitLine(5).replace(/"time_us":\d+/, '"time_us":"now"'), 'bad_time_us'],
  ['a commit that is null', `{"did":"did:plc:abc","time_us":1,"kind":"commit","commit":null}`, 'bad_commit'],
  ['a commit without a valid rev', commitLine(6, { rev: 'zzzzzzzzzzzzz' }), 'bad_rev'],
  ['a collection that is none', commitLine(7, { collection: 'likes' }), 'bad_collection'],
  ['an rkey with a slash', commitLine(8, { rkey: 'a/b' }), 'bad_rkey'],
  ['a create without a record', commitLine(9).replace('"record":', '"wreckord":'), 'missing_record'],
  ['an identity event without a body', `{"did":"did:plc:abc","time_us":1,"kind":"identity"}`, 'bad_identity'],
  [
    'an account event of the wrong shape',
    `{"did":"did:plc:abc","time_us":1,"kind":"account","account":{"active":1}}`,
    'bad_account',
  ],
  ['a rev of the year 2113', commitLine(9, { rev: tid(Date.UTC(2113, 0, 1) * 1000) }), 'bad_rev'],
  [
    'a record nested 10,000 levels deep',
    commitLine(10, { collection: POST, record: { text: 'X' } }).replace('"X"', DEEP),
    'record_too_deep',
  ],
];

/** Strange records that are indexed as far as they have sense: what is to stand in their table. */
const STRANGE: readonly [what: string, parts: CommitParts, table: string, columns: Record<string, unknown>][] = [
  ['a text with NUL', { collection: POST, record: { text: 'a\0b' } }, 'posts', { text: 'a\0b' }],
  ['a lone surrogate', { collection: POST, record: { text: 'a\ud800b' } }, 'posts', { text: 'a\ufffdb' }],
  [
    'createdAt in the year 0',
    { collection: POST, record: { text: 't', createdAt: '0000-01-01T00:00:00Z' } },
    'posts',
    { text: 't' },
  ],
  [
    'createdAt in the year 275760',
    { collection: POST, record: { text: 't', createdAt: '+275760-09-13T00:00:00Z' } },
    'posts',
    { text: 't' },
  ],
  ['langs that are no array', { collection: POST, record: { text: 't', langs: 'en' } }, 'posts', { langs: [] }],
  ['a post that is an array', { collection: POST, record: [1] }, 'repo_records', { record_json: '[1]' }],
  ['a like of a text', { record: { subject: 'x' } }, 'repo_records', { record_json: '{"subject":"x"}' }],
  ['a record that is null', { record: null }, 'repo_records', { record_json: 'null' }],
  [
    'a number beyond all bounds',
    { collection: 'a.b.c', record: { n: 1e308 } },
    'repo_records',
    { record_json: '{"n":1e+308}' },
  ],
  ['an rkey that is no TID', { rkey: 'x::y' }, 'likes', { record_hour: 0, record_time: '1970-01-01 00:00:00' }],
  ['a TID of the year 2100', { rkey: tid(Date.UTC(2100, 0, 1) * 1000) }, 'likes', { record_hour: 0 }],
  [
    'a collection that nobody knows',
    { collection: 'com.example.what-ever' },
    'repo_records',
    { collection: 'com.example.what-ever' },
  ],
  [
    'a record of 5 MB',
    { collection: 'a.b.c', record: { big: 'x'.repeat(5_000_000) } },
    'repo_records',
    { record_json: `{"big":"${'x'.repeat(5_000_000)}"}` },
  ],
];

/** Each strange one has an account of its own to be found by. */
const strangeDid = (index: number) => `did:plc:strange${index}`;
const GOOD = 200;
const INVENTED = 1_000;

function everything(): string[] {
  const bad = [
    ...REJECTED.map(([, frame]) => frame),
    ...STRANGE.map(([, parts], index) => commitLine(20_000 + index, { did: strangeDid(index), ...parts })),
  ];
  const between = bad.flatMap((frame, index) => [frame, commitLine(30_000 + index)]);
  const invented = Array.from({ length: INVENTED }, (_, index) =>
    commitLine(40_000 + index, { collection: `com.example.invented${index}`, record: {} }),
  );
  return [...likes(10_000, GOOD), ...between, ...invented, ...spreadOverMonths(), ...likes(90_000, GOOD)];
}

/** 10,000 likes whose rkeys lie in every month that an rkey may name. */
function spreadOverMonths(): string[] {
  const [first, last] = [Date.UTC(2022, 10, 2) * 1000, Date.UTC(2034, 11, 30) * 1000];
  return Array.from({ length: 10_000 }, (_, index) =>
    commitLine(50_000 + index, {
      did: 'did:plc:timetraveller',
      rkey: tid(first + Math.floor(((last - first) * index) / 10_000)),
    }),
  );
}

const stack = useStack();
let store: Store;
let indexer: Program;
let server: Awaited<ReturnType<typeof startPlayServer>>;
beforeAll(async () => {
  store = await stack.createStore('bad_input');
  server = await startPlayServer({ lines: everything() });
  indexer = startIndexer(store, { WS_URL: server.url });
  const last = tid(START_MICROS + (90_000 + GOOD - 1) * 100_000);
  await until(async () => indexer.child.exitCode !== null || (await store.count('likes', `rkey = '${last}'`)) > 0);
});
afterAll(async () => {
  await indexer.kill();
  await server.close();
});

test('the process goes on, and every good event around the bad ones arrives', async () => {
  expect(indexer.child.exitCode).toBeNull();
  const good = 2 * GOOD + REJECTED.length + STRANGE.length;
  expect(
    await store.count('likes', `actor_did NOT LIKE 'did:plc:strange%' AND actor_did != 'did:plc:timetraveller'`),
  ).toBe(good);
});

describe('invariant 2: nothing is dropped in silence: stands in rejected_events with its reason:', () => {
  test.each(REJECTED)('%s', async (_, frame, reason) => {
    const found = await selectRows<{ reason: string }>(
      store.clickhouse,
      'SELECT reason FROM rejected_events FINAL WHERE event = {frame:String}',
      { frame },
    );
    expect(found).toEqual([{ reason }]);
  });

  test('and nothing else does', async () => {
    expect(await store.count('rejected_events')).toBe(REJECTED.length);
    expect(await indexer.metric('updraft_indexer_rejected_total')).toBe(REJECTED.length);
  });
});

describe('is indexed as far as it has sense:', () => {
  test.each(STRANGE.map(([what, , table, columns], index) => [what, index, table, columns] as const))(
    '%s',
    async (_, index, table, columns) => {
      const author = { posts: 'did', likes: 'actor_did' }[table] ?? 'repo';
      const rows = await selectRows(store.clickhouse, `SELECT * FROM ${table} FINAL WHERE ${author} = {did:String}`, {
        did: strangeDid(index),
      });
      expect(rows).toMatchObject([columns]);
    },
  );

  test('a record that is unusable as its type, counted by its collection', async () => {
    // A post that is an array, a like of a text, a like that is null.
    expect(await indexer.metric('updraft_indexer_unusable_records_total')).toBe(3);
  });

  test('a thousand invented collections, which are one label of the metrics', async () => {
    expect(await store.count('repo_records', "collection LIKE 'com.example.invented%'")).toBe(INVENTED);
    const text = await (await fetch(/"metrics":"([^"]+)"/.exec(indexer.output())?.[1] ?? '')).text();
    expect(text).not.toContain('invented');
    expect(text).toMatch(
      new RegExp(
        `updraft_indexer_events_total\\{kind="commit",operation="create",collection="other"\\} ${INVENTED + 3}$`,
        'm',
      ),
    );
  });

  test('likes with rkeys of every month, in a handful of parts', async () => {
    expect(await store.count('likes', "actor_did = 'did:plc:timetraveller'")).toBe(10_000);
    const parts = await selectRows<{ n: string }>(
      store.clickhouse,
      "SELECT count() AS n FROM system.parts WHERE active AND database = currentDatabase() AND table = 'record_rows'",
    );
    expect(Number(parts[0]?.n)).toBeGreaterThan(0);
    expect(Number(parts[0]?.n)).toBeLessThan(100);
  });
});
