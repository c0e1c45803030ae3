import { createRowCounts, type RowCounts } from '@updraft/local';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectRows } from './select-rows.ts';
import { type StoreFixture, startStore } from './store-fixture.ts';

const EXACT_UP_TO = 3_000;
let store: StoreFixture;
let counts: RowCounts;

beforeAll(async () => {
  store = await startStore();
  counts = createRowCounts(targetOf(store), EXACT_UP_TO);
  // Nothing is merged away while the test looks.
  await store.clickhouse.command('SYSTEM STOP MERGES');
});
afterAll(() => store.close());

function targetOf({ connection }: StoreFixture) {
  const { address, username, password, database } = connection;
  const clickhouseHeaders = { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password };
  return { clickhouseUrl: address, clickhouseHeaders, database, isCluster: false };
}

/** Handles of that many accounts, with their own version. */
function insert(accounts: number, version: number): Promise<void> {
  return store.clickhouse.command(
    `INSERT INTO actor_handles (did, handle, version) SELECT concat('did:plc:', toString(number)), 'a.example', {version:UInt64} FROM numbers({accounts:UInt64})`,
    { accounts, version },
  );
}

async function readersCount(): Promise<number> {
  const [row] = await selectRows<{ rows: number }>(
    store.clickhouse,
    'SELECT toFloat64(count()) AS rows FROM actor_handles FINAL',
  );
  return row?.rows ?? 0;
}

test('a small table is counted as a reader would', async () => {
  await insert(1_000, 1);
  await insert(900, 2);
  expect(await readersCount()).toBe(1_000);
  expect((await counts.read())?.['actor_handles']).toEqual({ rows: 1_000, precision: 'exact' });
});

test('a table that has become large is estimated, by the share of its rows that readers saw: its count does not jump', async () => {
  await insert(1_900, 3);
  expect(await readersCount()).toBe(1_900);
  const large = await counts.read();
  // 3,800 rows are stored, of which 1,000 of 1,900 were to be seen before.
  expect(large?.['actor_handles']).toEqual({ rows: 2_000, precision: 'estimate' });
  expect(large?.['likes']).toBeUndefined();
});

test('after a restart a large table has an upper bound first, then an estimate by what its readers see', async () => {
  const later = createRowCounts(targetOf(store), EXACT_UP_TO);
  expect((await later.read())?.['actor_handles']).toEqual({ rows: 3_800, precision: 'at most' });
  let count = (await later.read())?.['actor_handles'];
  while (count?.precision === 'at most') count = (await later.read())?.['actor_handles'];
  expect(count).toEqual({ rows: 1_900, precision: 'estimate' });
});

test('nothing is told while ClickHouse does not answer', async () => {
  const nobody = createRowCounts({
    clickhouseUrl: 'http://127.0.0.1:9',
    clickhouseHeaders: {},
    database: 'x',
    isCluster: false,
  });
  expect(await nobody.read()).toBeUndefined();
});
