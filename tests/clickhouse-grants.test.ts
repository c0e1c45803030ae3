import { parseFrame } from '@updraft/atproto';
import { changeMembers } from '@updraft/feeds';
import { appendEvent, createBatch, filledBlocks } from '@updraft/ingest';
import { createWorld, eventLine } from '@updraft/simulator';
import {
  actorHandles,
  type ClickHouse,
  changeHide,
  countDay,
  countOpsOfDay,
  countRecentLikes,
  createBatchWriter,
  createClickHouse,
  createHiddenActors,
  createProgressStore,
  feedInteractions,
  insertRows,
  likeGenerations,
  migrateDown,
  migrateUp,
  readCleanupStates,
  readRejectedReasons,
  readServerState,
  readStoredSizes,
  readWishes,
  StoreError,
  touchDaysOfChangedActors,
  writeApiKeyUses,
  writeListedAccounts,
} from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClickHouseWithUsers, startClickHouseWithUsers } from './deploy/clickhouse-with-users.ts';
import { quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';

const EVENTS = 3_000;
const ACCESS_DENIED = '497';
let server: ClickHouseWithUsers;
const clients = new Map<string, ClickHouse>();

beforeAll(async () => {
  server = await startClickHouseWithUsers();
  await migrateUp({ connection: server.as('updraft'), log: quietLog });
});

afterAll(async () => {
  for (const client of clients.values()) await client.close();
  await server[Symbol.asyncDispose]();
});

function as(user: string): ClickHouse {
  const client = clients.get(user) ?? createClickHouse(server.as(user));
  clients.set(user, client);
  return client;
}

/** What ClickHouse says to a statement: its code, or that it was done. */
async function answer(user: string, sql: string): Promise<string> {
  try {
    await as(user).command(sql);
    return 'done';
  } catch (error) {
    return error instanceof StoreError ? String(error.code) : String(error);
  }
}

/** Every row of every table that the statement names: nothing is written, everything is asked for. */
const nothingOf = (table: string) => `INSERT INTO ${table} SELECT * FROM ${table} WHERE 0`;

test('the indexer writes all that the stream brings, and what its materialized views make of it', async () => {
  const batch = createBatch();
  const world = createWorld({ seed: 1, accounts: 100, nowMicros: Date.now() * 1000, eventsPerDay: EVENTS });
  for (const event of world.events().take(EVENTS)) {
    const parsed = parseFrame(eventLine(event, event.timeUs));
    if (parsed.ok) appendEvent(parsed.event, batch);
  }
  const writer = createBatchWriter({
    clickhouse: as('indexer'),
    log: quietLog,
    backoff: () => ({ next: () => 50, reset: () => {} }),
  });
  await writer.write(filledBlocks(batch), new AbortController().signal);
  await createHiddenActors({ clickhouse: as('indexer'), log: quietLog, foldAbove: 0 }).refresh();
  for (const table of ['rejected_events', 'ingest_gaps', 'healed_gaps', 'ingest_progress', 'job_progress'])
    expect([table, await answer('indexer', nothingOf(table))]).toEqual([table, 'done']);
  const tables = ['repo_records', 'likes', 'posts', 'follows', 'record_ops', 'actor_days', 'touched_days'];
  for (const table of tables) {
    const [row] = await selectRows<{ rows: number }>(as('indexer'), `SELECT toFloat64(count()) AS rows FROM ${table}`);
    expect([table, (row?.rows ?? 0) > 0]).toEqual([table, true]);
  }
});

test('feedgen ranks, and writes members, hides, handles, the use of keys and analytics', async () => {
  const nowMs = Date.now();
  await insertRows(as('feedgen'), actorHandles, [{ did: 'did:plc:a', handle: 'a.example', version: { hi: 0, lo: 1 } }]);
  const given = [{ did: 'did:plc:a', actions: [{ kind: 'give' as const }] }];
  const [changed] = await changeMembers(as('feedgen'), { label: 'l', changedBy: 'did:plc:b' }, given);
  expect(changed).toMatchObject({ isLabelChanged: true });
  const hide = { feed: 'f', subject: 'did:plc:a', reason: 'x', changedBy: 'did:plc:b', atMicros: nowMs * 1000 };
  expect(await changeHide(as('feedgen'), { ...hide, isHidden: true })).toBe(true);
  await writeApiKeyUses(as('feedgen'), []);
  for (const table of ['api_key_uses', 'feed_request_analytics', 'feed_interactions'])
    expect([table, await answer('feedgen', nothingOf(table))]).toEqual([table, 'done']);
  const deed = {
    feed: 'f',
    viewerDid: 'did:plc:a',
    interactionId: '1',
    item: 'at://did:plc:b',
    feedContext: '',
    reqId: '',
  };
  await insertRows(as('feedgen'), feedInteractions, [{ ...deed, event: 'requestLess', receivedAt: nowMs }]);
  expect(await readWishes(as('feedgen'), 'did:plc:a')).toMatchObject([{ item: 'at://did:plc:b', isMore: false }]);
  expect(await selectRows(as('feedgen'), 'SELECT count() FROM recent_posts_with_score')).toHaveLength(1);
});

test('search counts, drops the counts that are old, and keeps jobs', async () => {
  const nowMs = Date.now();
  const search = as('search');
  const today = Math.floor(nowMs / 86_400_000);
  await countDay(search, today);
  await countOpsOfDay(search, today);
  await touchDaysOfChangedActors(search, 0);
  await countRecentLikes(search, nowMs - 3_600_000);
  await countRecentLikes(search, nowMs);
  expect(await likeGenerations(search)).toEqual([nowMs]);
  await writeListedAccounts(search, [], nowMs * 1000);
  await createProgressStore(search).save('job', {}, nowMs * 1000);
  await createHiddenActors({ clickhouse: search, log: quietLog }).fold();
  for (const table of ['repo_cleanup_jobs', 'repo_cleanup_requests', 'counted_days', 'listed_accounts'])
    expect([table, await answer('search', nothingOf(table))]).toEqual([table, 'done']);
  expect(await answer('search', 'OPTIMIZE TABLE repo_cleanup_jobs FINAL')).toBe('done');
});

test('search tells operators what the server knows of itself', async () => {
  const search = as('search');
  const { tables, disks } = await readStoredSizes(search);
  expect(tables.map(({ name }) => name)).toContain('record_rows');
  expect(disks.map(({ name }) => name)).toEqual(['default']);
  expect((await readServerState(search))?.usedBytes).toBeGreaterThan(0);
  expect(await readRejectedReasons(search, { sinceMs: 0, newest: 10 })).toEqual([]);
  expect(await readCleanupStates(search, 10)).toEqual([]);
  for (const sql of ['SELECT * FROM system.processes', 'SELECT * FROM system.users'])
    expect([sql, await answer('search', sql)]).toEqual([sql, ACCESS_DENIED]);
});

describe('nobody but the owner', () => {
  test.each([
    ['feedgen', nothingOf('post_rows')],
    ['feedgen', nothingOf('repo_cleanup_jobs')],
    ['feedgen', nothingOf('api_keys')],
    ['search', nothingOf('post_rows')],
    ['search', nothingOf('api_keys')],
    ['search', nothingOf('actor_labels')],
    ['search', nothingOf('ingest_progress')],
    ['indexer', nothingOf('api_keys')],
    ['indexer', nothingOf('erased_accounts')],
    ['search', 'ALTER TABLE post_rows DELETE WHERE 1'],
    ['indexer', 'ALTER TABLE post_rows MODIFY TTL sort_at'],
    ['indexer', 'DROP TABLE post_rows'],
    ['feedgen', 'TRUNCATE TABLE post_rows'],
    ['search', 'CREATE TABLE mine (a UInt8) ENGINE = MergeTree ORDER BY a'],
  ])('%s may not: %s', async (user, sql) => {
    expect(await answer(user, sql)).toBe(ACCESS_DENIED);
  });
});

test.each(['updraft', 'indexer', 'feedgen', 'search'])(
  '%s reaches no file, no other server, and no user',
  async (user) => {
    const beyond = [
      "SELECT * FROM file('x.csv', 'CSV', 'a String')",
      "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
      "SELECT * FROM remote('127.0.0.1:1', system.one)",
      'CREATE USER somebody',
      'GRANT SELECT ON *.* TO search',
      'SYSTEM SHUTDOWN',
    ];
    for (const sql of beyond) expect([sql, await answer(user, sql)]).toEqual([sql, ACCESS_DENIED]);
  },
);

test('the owner backs up, changes what is kept, and erases', async () => {
  for (const sql of [
    "BACKUP TABLE post_rows TO File('posts')",
    "RESTORE TABLE post_rows AS posts_again FROM File('posts')",
    'DROP TABLE posts_again',
    'ALTER TABLE post_rows MODIFY SETTING merge_with_ttl_timeout = 3600',
    "ALTER TABLE record_rows DELETE WHERE repo = 'did:plc:nobody'",
    nothingOf('erased_accounts'),
    nothingOf('api_keys'),
  ])
    expect([sql, await answer('updraft', sql)]).toEqual([sql, 'done']);
});

test('the owner migrates down to nothing, and up again', async () => {
  await migrateDown({ connection: server.as('updraft'), log: quietLog, count: 99 });
  await migrateUp({ connection: server.as('updraft'), log: quietLog });
});
