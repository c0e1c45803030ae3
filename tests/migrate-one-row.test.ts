import { randomBytes } from 'node:crypto';
import { type ClickHouse, createClickHouse, migrateUp, readRetention, requireMoved } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileOperations } from './migrate/hostile-operations.ts';
import { createOldDatabase, migrateBackToOld, shown, tid, writeOldRows } from './migrate/old-store.ts';
import { quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';
import { type StoreFixture, startStore } from './store-fixture.ts';

const DID = `did:plc:${'b'.repeat(24)}`;
const LIKE = 'app.bsky.feed.like';
const POST = 'app.bsky.feed.post';
const liked = (createdAt: string) => ({
  $type: LIKE,
  createdAt,
  subject: { uri: `at://${DID}/app.bsky.feed.post/${tid(5)}` },
});

let store: StoreFixture;
beforeAll(async () => {
  store = await startStore({ migrated: false });
});
afterAll(() => store.close());

/** A database of its own on the file's engine, as it was before 0013. */
async function oldStore() {
  const connection = { ...store.connection, database: `old_${randomBytes(4).toString('hex')}` };
  await createOldDatabase(connection);
  const clickhouse = createClickHouse(connection);
  return { connection, clickhouse, [Symbol.asyncDispose]: () => clickhouse.close() };
}

/** No post of which the old tables show less than the new ones. */
const operations = hostileOperations(1_500).filter(
  ({ collection, record, operation }) =>
    collection !== POST ||
    operation === 'delete' ||
    (typeof record === 'object' && record !== null && !Array.isArray(record)),
);

test('an old store shows the same after the move as before and after the way back, and what is deleted stays so when its older state comes again', async () => {
  await using old = await oldStore();
  const { connection, clickhouse } = old;
  const like = { did: DID, collection: LIKE, rkey: tid(1_000_000), rev: tid(1_000_000) };
  const gone = { ...like, rev: tid(2_000_000), operation: 'delete' as const };
  for (const half of [operations.slice(0, 750), [...operations.slice(400), gone]]) await writeOldRows(clickhouse, half);
  const before = await shown(connection);
  expect(Number(before['likes']?.rows)).toBeGreaterThan(50);
  expect(Number(before['posts']?.rows)).toBeGreaterThan(50);

  await migrateUp({ connection, log: quietLog });
  expect(await shown(connection)).toEqual(before);

  await migrateBackToOld(connection);
  expect(await shown(connection)).toEqual(before);
  await writeOldRows(clickhouse, [{ ...like, record: liked('2026-01-01T00:00:01.000Z') }]);
  const { record_ops } = await shown(connection); // knows every operation, of whatever record
  await migrateUp({ connection, log: quietLog });
  expect(await shown(connection)).toEqual({ ...before, record_ops });
});

test('of a write and a delete of one version from before 0011 the one that counted before counts, and records that are too large for the memory of one copy are copied in parts', async () => {
  await using old = await oldStore();
  const { connection, clickhouse } = old;
  const record = liked('2026-01-01T00:00:01.000Z');
  const place = (n: number) => ({ did: DID, collection: LIKE, rkey: tid(n), rev: tid(n) });
  await writeOldRows(clickhouse, [{ ...place(1), operation: 'delete', version: 7_000_000_001n }]);
  await writeOldRows(clickhouse, [{ ...place(1), record, version: 7_000_000_001n }]);
  await writeOldRows(clickhouse, [{ ...place(2), record, version: 7_000_000_002n }]);
  await writeOldRows(clickhouse, [{ ...place(2), operation: 'delete', version: 7_000_000_002n }]);
  const large = Array.from({ length: 75 }, (_, nth) => ({
    did: DID,
    collection: POST,
    rkey: tid(nth),
    rev: tid(nth),
    record: { text: 'large', more: 'x'.repeat(1_000_000) },
  }));
  for (let at = 0; at < large.length; at += 25) await writeOldRows(clickhouse, large.slice(at, at + 25));
  const before = await shown(connection);
  expect([before['likes']?.rows, before['posts']?.rows]).toEqual(['1', '75']);
  await migrateUp({ connection, log: quietLog, sliceMemory: 100_000_000 });
  expect(await shown(connection)).toEqual(before);
});

describe('one move', () => {
  const post = { did: DID, collection: POST, rkey: tid(1), rev: tid(1), record: ['no', 'post'] };
  const late = { ...post, collection: LIKE, rev: 'bzzzzzzzzzzzz', record: liked('2026-01-01T00:00:01.000Z') };
  const [erased] = operations.map(({ did }) => did);
  const warned: object[] = [];
  /** Of the erased account. */
  let rowsBefore: string | undefined;
  let old: Awaited<ReturnType<typeof oldStore>>;
  const rowsOf = async (where: string) => {
    const sql = `SELECT count() AS n FROM repo_records FINAL WHERE ${where}`;
    return (await selectRows<{ n: string }>(old.clickhouse, sql, { did: DID, erased }))[0]?.n;
  };
  beforeAll(async () => {
    old = await oldStore();
    const { connection, clickhouse } = old;
    await writeOldRows(clickhouse, [...operations.slice(0, 500), post, late]);
    await clickhouse.command(
      "INSERT INTO erased_accounts (did_hash, erased_at) SELECT lower(hex(SHA256({erased:String}))), now64(3, 'UTC') - INTERVAL 1 HOUR",
      { erased },
    );
    rowsBefore = await rowsOf('repo = {erased:String}');
    let begun: Promise<void> | undefined;
    const onProgress = () => {
      begun ??= clickhouse.command(
        "INSERT INTO ingest_progress (stream, progress_json, last_seq, version) VALUES ('new', '{}', 7, 7)",
      );
    };
    const log = { ...quietLog, warn: (fields: object) => void warned.push(fields) };
    await migrateUp({ connection, log, sliceRows: 100, onProgress });
    await begun;
  });
  afterAll(() => old.clickhouse.close());

  test('makes a post that is no object an empty one, whose JSON is what it was', async () => {
    const sql =
      'SELECT text, record_json FROM posts INNER JOIN repo_records USING (uri) WHERE posts.did = {did:String}';
    expect(await selectRows(old.clickhouse, sql, { did: DID })).toEqual([{ text: '', record_json: '["no","post"]' }]);
  });

  test('puts a rev after 2112 among the rejected events with its JSON', async () => {
    expect(await rowsOf('repo = {did:String}')).toBe('1');
    const rejected = await selectRows<{ reason: string; event: string }>(
      old.clickhouse,
      'SELECT reason, event FROM rejected_events',
    );
    expect(rejected.map(({ reason }) => reason)).toEqual(['bad_rev']);
    expect(JSON.parse(rejected[0]?.event ?? '')).toMatchObject({
      rkey: late.rkey,
      record_json: JSON.stringify(late.record),
    });
  });

  test('leaves out an account whose erasure began before it, though its rows were still there', async () => {
    expect(rowsBefore).toMatch(/^[1-9]/);
    expect(await rowsOf('repo = {erased:String}')).toBe('0');
  });

  test('names a stream that was first read while it went on, since its start is not known', () => {
    expect(warned).toEqual([{ stream: 'new' }]);
  });
});

test('a copy that is stopped again and again, and whose server is killed, goes on to the end', async () => {
  await using old = await oldStore();
  const { connection, clickhouse } = old;
  await writeOldRows(clickhouse, operations);
  const before = await shown(connection);
  const totals: number[] = [];
  const attempt = async (slices: number, stop: () => Promise<void> | void) => {
    let reports = 0;
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    const controller = new AbortController();
    const onProgress = ({ total }: { total: number }) => {
      totals.push(total);
      reports += 1;
      if (reports !== slices) return;
      controller.abort(new Error('stopped'));
      void Promise.resolve(stop()).then(resolve);
    };
    const up = migrateUp({ connection, log: quietLog, sliceRows: 150, signal: controller.signal, onProgress });
    await expect(up).rejects.toThrow();
    await stopped;
  };
  await attempt(2, () => {});
  await attempt(3, () => store.kill());
  await store.start();
  await attempt(2, () => {});
  await migrateUp({ connection, log: quietLog, sliceRows: 150 });
  expect(totals.at(-1)).toBeLessThan(totals[0] ?? 0);
  expect(await shown(connection)).toEqual(before);
});

test('days that the old tables keep are kept by the new ones, and a like whose JSON is gone has one of what is known', async () => {
  await using old = await oldStore();
  const { connection, clickhouse } = old;
  const sayDays = (table: string, days: number) =>
    clickhouse.command(
      `ALTER TABLE ${table} MODIFY TTL record_time + INTERVAL ${days} DAY DELETE WHERE record_time > '1970-01-01 00:00:00'`,
    );
  await sayDays('likes', 3_000);
  await sayDays('repo_records', 2_000);
  const like = { did: DID, collection: LIKE, rkey: tid(1), rev: tid(1), record: liked('2026-01-01T00:00:00.000Z') };
  await writeOldRows(clickhouse, [{ ...like, record: { ...like.record, via: 'gone' } }]);
  await clickhouse.command('TRUNCATE TABLE repo_records');
  const before = await shown(connection);
  await migrateUp({ connection, log: quietLog });
  expect([...(await readRetention(clickhouse))]).toEqual([
    ['likes', 3_000],
    ['repo_records', 2_000],
  ]);
  expect((await shown(connection))['likes']).toEqual(before['likes']);
  const [kept] = await selectRows<{ record_json: string }>(clickhouse, 'SELECT record_json FROM repo_records');
  expect(JSON.parse(kept?.record_json ?? '')).toEqual(like.record);
});

describe('after a copy that was stopped half-way, while the indexer and an earlier version’s erasure went on,', () => {
  let old: Awaited<ReturnType<typeof oldStore>>;
  let before: Awaited<ReturnType<typeof shown>>;
  /** Of the copy, and of what asks whether it is done. */
  const refusals: string[] = [];
  const save = (progressJson: string, version: number) =>
    old.clickhouse.command(
      "INSERT INTO ingest_progress (stream, progress_json, last_seq, version) VALUES ('main', {progressJson:String}, {version:UInt64}, {version:UInt64})",
      { progressJson, version },
    );
  beforeAll(async () => {
    old = await oldStore();
    const { connection, clickhouse } = old;
    await writeOldRows(clickhouse, operations);
    await save('early', 1_000);
    const controller = new AbortController();
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      if (done > total / 2) controller.abort(new Error('stopped'));
    };
    const up = migrateUp({ connection, log: quietLog, sliceRows: 150, signal: controller.signal, onProgress });
    refusals.push(await refusalOf(up));
    refusals.push(await refusalOf(requireMoved(clickhouse)));
    await save('late', 2_000);
    await eraseInOldTables(clickhouse, operations[0]?.did);
    before = await shown(connection);
    await migrateUp({ connection, log: quietLog, sliceRows: 150 });
  });
  afterAll(() => old.clickhouse.close());

  test('an account that was erased meanwhile is gone, and this version works, as it refused to until then', async () => {
    expect(refusals).toEqual([expect.not.stringMatching('none'), expect.stringMatching('run the migrations first')]);
    await requireMoved(old.clickhouse);
    expect(await shown(old.connection)).toEqual(before);
  });

  test('each stream is read again from where it stood when the copy began', async () => {
    const places = () => selectRows(old.clickhouse, 'SELECT progress_json FROM ingest_progress FINAL');
    await save('later still', 2_001);
    expect(await places()).toEqual([{ progress_json: 'early' }]);
    const nextLease = 2_000 + 100_000_000;
    await save('of the next lease', nextLease);
    expect(await places()).toEqual([{ progress_json: 'of the next lease' }]);
  });
});

const refusalOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: Error) => error.message,
  );

async function eraseInOldTables(clickhouse: ClickHouse, erased: string | undefined): Promise<void> {
  await clickhouse.command(
    "INSERT INTO erased_accounts (did_hash, erased_at) SELECT lower(hex(SHA256({erased:String}))), now64(3, 'UTC')",
    { erased },
  );
  for (const [table, did] of [
    ['repo_records', 'repo'],
    ['posts', 'did'],
    ['likes', 'actor_did'],
    ['reposts', 'actor_did'],
  ])
    await clickhouse.command(`ALTER TABLE ${table} DELETE WHERE ${did} = {erased:String} SETTINGS mutations_sync = 2`, {
      erased,
    });
}
