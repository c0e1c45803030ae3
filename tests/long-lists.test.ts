import {
  actorHandles,
  countAccountRows,
  createClickHouse,
  createErasedAccounts,
  handlesOf,
  insertRows,
  listErasedAccounts,
  postRows,
  removeAccountRows,
  visiblePosts,
  writeListedAccounts,
} from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectRows } from './select-rows.ts';
import { type StoreFixture, startStore } from './store-fixture.ts';

/** As many as a large private feed has members. A server takes 128 KiB of one parameter. */
const LENGTH = 100_000;
const dids = Array.from({ length: LENGTH }, (_, index) => `did:plc:${String(index).padStart(24, 'a')}`);
/** As long as a DID may be. */
const odd = `did:web:${'x-'.repeat(1_000)}.example`;
const first = dids[0] ?? '';
const last = dids.at(-1) ?? '';

let store: StoreFixture;
beforeAll(async () => {
  store = await startStore();
});
afterAll(() => store.close());

const version = { hi: 400_000_000, lo: 0 };

test('handles of 100,000 accounts are asked for at once', async () => {
  const rows = [first, last, odd].map((did, index) => ({ did, handle: `h${index}.test`, version }));
  await insertRows(store.clickhouse, actorHandles, rows);
  const found = await handlesOf(store.clickhouse, [...dids, odd]);
  expect(Object.fromEntries(found)).toEqual({ [first]: 'h0.test', [last]: 'h1.test', [odd]: 'h2.test' });
});

test('a server on another host, to which inserts go compressed, takes them too', async () => {
  const { port } = new URL(store.connection.address);
  // this machine, by an address that is not known as its own
  const remote = createClickHouse({ ...store.connection, address: `http://[::ffff:127.0.0.1]:${port}` });
  await insertRows(remote, actorHandles, [{ did: last, handle: 'far.test', version: { hi: 400_000_001, lo: 0 } }]);
  expect(Object.fromEntries(await handlesOf(remote, dids))[last]).toBe('far.test');
  await remote.close();
});

test('of 100,000 posts those that show are told', async () => {
  await insertRows(store.clickhouse, postRows, [postOf(first), postOf(last)]);
  const uris = dids.map(uriOf);
  expect([...(await visiblePosts(store.clickhouse, uris)).keys()].toSorted()).toEqual(
    [uriOf(first), uriOf(last)].toSorted(),
  );
});

test('a host may list 100,000 accounts at once', async () => {
  await writeListedAccounts(
    store.clickhouse,
    dids.map((did) => ({ did, active: did !== first })),
    1,
  );
  const counted = await selectRows(
    store.clickhouse,
    'SELECT toFloat64(count()) AS accounts, toFloat64(sum(active)) AS active FROM listed_accounts FINAL',
  );
  expect(counted).toEqual([{ accounts: LENGTH, active: LENGTH - 1 }]);
});

test('10,000 accounts are erased, in groups of what a parameter may hold', async () => {
  const some = [...dids.slice(0, 9_999), last];
  await listErasedAccounts(store.clickhouse, some);
  const erased = createErasedAccounts(store.clickhouse);
  await erased.refresh();
  expect([first, last, odd].map((did) => erased.has(did))).toEqual([true, true, false]);
  await removeAccountRows(store.clickhouse, some, () => {});
  const left = await countAccountRows(store.clickhouse, some);
  expect(left.filter(({ rows }) => rows > 0)).toEqual([]);
  expect([...(await handlesOf(store.clickhouse, [...dids, odd])).keys()]).toEqual([odd]);
}, 300_000);

const RKEY = 'self';
const uriOf = (did: string) => `at://${did}/app.bsky.feed.post/${RKEY}`;

function postOf(did: string) {
  return {
    recordHour: 0,
    did,
    rkey: RKEY,
    operation: 'create',
    jsonRest: '{}',
    sortAt: 0,
    text: 'hello',
    langs: [],
    tags: [],
    mentions: [],
    tokens: [],
    parentUri: '',
    rootUri: '',
    quoteUri: '',
    embed: 'none',
    hasEmbeddedMedia: false,
    version,
    deleted: false,
  };
}
