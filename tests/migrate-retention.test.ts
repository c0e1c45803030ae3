import { randomBytes } from 'node:crypto';
import { createClickHouse, migrateUp, postRecords } from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOldDatabase, migrateBackToOld, type Operation, shown, tid, writeOldRows } from './migrate/old-store.ts';
import { quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';
import { type StoreFixture, startStore } from './store-fixture.ts';

const DID = `did:plc:${'b'.repeat(24)}`;
const LIKE = 'app.bsky.feed.like';
const POST = 'app.bsky.feed.post';
const CREATED = '2026-01-01T00:00:01.000Z';
const SUBJECT = `at://${DID}/${POST}/${tid(5)}`;

let store: StoreFixture;
beforeAll(async () => {
  store = await startStore({ migrated: false });
});
afterAll(() => store.close());

/** A database as it was before 0013, whose repo_records keep less than its other tables. */
async function oldStore() {
  const connection = { ...store.connection, database: `old_${randomBytes(4).toString('hex')}` };
  await createOldDatabase(connection);
  const clickhouse = createClickHouse(connection);
  await clickhouse.command('SYSTEM STOP MERGES likes');
  await clickhouse.command(
    "ALTER TABLE repo_records MODIFY TTL record_time + INTERVAL 2000 DAY DELETE WHERE record_time > '1970-01-01 00:00:00'",
  );
  return { connection, clickhouse, [Symbol.asyncDispose]: () => clickhouse.close() };
}

const like = (n: number): Operation => ({
  did: DID,
  collection: LIKE,
  rkey: tid(n),
  rev: tid(n),
  record: { $type: LIKE, createdAt: CREATED, subject: { uri: SUBJECT } },
});
const unlike = (n: number): Operation => ({ ...like(n), rev: tid(n + 1_000_000), operation: 'delete' });

test('a like that was taken back stays so after the move, whichever of its states a retention has taken', async () => {
  await using old = await oldStore();
  const { connection, clickhouse } = old;
  await writeOldRows(clickhouse, [like(1), like(2), like(3)]);
  await writeOldRows(clickhouse, [unlike(1), unlike(2)]);
  await clickhouse.command('TRUNCATE TABLE repo_records');
  // Of the second like the earlier state is still there.
  await writeOldRows(clickhouse, [like(2)]);
  const before = await shown(connection);
  expect(before['likes']?.rows).toBe('1');
  await migrateUp({ connection, log: quietLog });
  expect((await shown(connection))['likes']).toEqual(before['likes']);
});

test('a post whose record a retention took keeps its columns, and no record is made up for it', async () => {
  await using old = await oldStore();
  const { connection, clickhouse } = old;
  const record = { $type: POST, createdAt: CREATED, text: 'a\ttab and \u0002', embed: { record: { uri: SUBJECT } } };
  await writeOldRows(clickhouse, [{ did: DID, collection: POST, rkey: tid(1), rev: tid(1), record }]);
  await clickhouse.command('TRUNCATE TABLE repo_records');
  const before = await shown(connection);
  await migrateUp({ connection, log: quietLog });
  expect((await shown(connection))['posts']).toEqual(before['posts']);
  for await (const records of postRecords(clickhouse, [`at://${DID}/${POST}/${tid(1)}`])) expect(records).toEqual([]);
  expect(await selectRows(clickhouse, 'SELECT record_json FROM repo_records')).toEqual([{ record_json: '' }]);
  await migrateBackToOld(connection);
  expect(await shown(connection)).toEqual(before);
});

test('a like whose record was taken by a retention that is no more is there after the move', async () => {
  await using old = await oldStore();
  const { connection, clickhouse } = old;
  await writeOldRows(clickhouse, [like(1)]);
  await clickhouse.command('TRUNCATE TABLE repo_records');
  await clickhouse.command('ALTER TABLE repo_records REMOVE TTL');
  const before = await shown(connection);
  expect(before['likes']?.rows).toBe('1');
  await migrateUp({ connection, log: quietLog });
  expect((await shown(connection))['likes']).toEqual(before['likes']);
});
