import { join } from 'node:path';
import { seenDay, seenKey } from '@updraft/feeds';
import { createWorld, startPlayServer, writeWorldFile } from '@updraft/simulator';
import { createRedis, erasedHash } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addEraseCommand } from '../apps/admin/src/erase-command.ts';
import { account, commitLine } from './indexer/events.ts';
import {
  differences,
  expectCleanEnd,
  type Stack,
  type Store,
  startProgram,
  startStack,
  type Tables,
  until,
} from './indexer/stack.ts';
import { runAdmin } from './run-admin.ts';
import { selectRows } from './select-rows.ts';

let stack: Stack;
let file: string;
/** Has the world's events. */
let world: Store;
beforeAll(async () => {
  stack = await startStack();
  file = join(stack.directory, 'world.jsonl');
  await writeWorldFile(createWorld({ seed: 11, accounts: 60, hostile: 0 }), file, 800);
  world = await stack.createStore('erased');
  if ((await replay(world)).code !== 0) throw new Error('the world could not be replayed');
});
afterAll(() => stack.close());

async function replay(store: Store, ...args: string[]) {
  const program = startProgram('apps/indexer/src/replay-command.ts', [...args, file], store.env);
  return { ...(await program.exited), output: program.output() };
}
const erase = ({ env }: Store, ...args: string[]) => runAdmin(addEraseCommand, ['erase', ...args], env);

describe('invariant 3: an erased account', () => {
  test('is gone from every table, stays away when the whole stream is replayed, and takes nobody else with it', async () => {
    const store = world;
    const did = await busiestAccount(store);
    await fillFeedsAndSearch(store, did);
    await using redis = openRedis(store);
    const seen = redis.seenBy(did, STRANGER);
    await redis.fill(seen);
    const before = await store.tables();
    const dryRun = await erase(store, did);
    expect(dryRun).toMatchObject({ code: 0 });
    expect(dryRun.output).toContain('feed_interactions\t2');
    expect(dryRun.output).toContain('actor_labels\t1\tnamed in rows of others');
    expect(differences(await store.tables(), before)).toEqual([]);

    expect(await redis.there(seen)).toBe(4);
    expect(await erase(store, '--yes', '--wait', '0', did)).toMatchObject({ code: 0 });
    expect(await rowsOf(store, did)).toEqual({});
    expect(await redis.there(seen)).toBe(2);
    expect(await redis.there(redis.seenBy(STRANGER))).toBe(2);
    expect(await store.count('actor_labels', `actor_did = '${STRANGER}' AND changed_by = 'an erased account'`)).toBe(1);
    // The log has the hide, and what was decided of a member.
    for (const [table, rows] of [['feed_hides', 1] as const, ['audit_log', 2] as const]) {
      expect(await store.count(table, `position(subject, '${did}') > 0`)).toBe(0);
      expect(await store.count(table, `subject = '${STRANGER}' AND changed_by = 'an erased account'`)).toBe(rows);
    }
    expect(await store.count('feed_interactions', `viewer_did = '${STRANGER}'`)).toBe(1);
    expect(await store.count('touched_days', "source = 'records' AND touched_at > now() - 60")).toBeGreaterThan(0);
    const after = await store.tables();
    expect(recordsOfOthers(after, did)).toEqual(recordsOfOthers(before, did));

    const again = await replay(store, '--restart');
    expect(again).toMatchObject({ code: 0 });
    expect(again.output).toContain('of erased accounts: not written');
    expect(await rowsOf(store, did)).toEqual({});
    expect(differences(await store.tables(), after)).toEqual([]);
    const twice = await erase(store, '--yes', '--wait', '0', did);
    expect(twice).toMatchObject({ code: 0 });
    expect(twice.output).toContain('together\t0');
  });

  test('is found again by an erasure that was interrupted before it removed anything', async () => {
    const store = world;
    const did = await busiestAccount(store);
    await store.clickhouse.command("INSERT INTO erased_accounts SELECT {hash:String}, now64(3, 'UTC')", {
      hash: erasedHash(did),
    });
    expect(Object.keys(await rowsOf(store, did))).toContain('record_rows');
    expect(await erase(store, '--yes', '--wait', '0', did)).toMatchObject({ code: 0 });
    expect(await rowsOf(store, did)).toEqual({});
  });

  test('is taken note of by an indexer that is at work', async () => {
    const store = await stack.createStore('at_work');
    const lines = Array.from({ length: 400 }, (_, nth) => commitLine(nth, { did: account(2 + (nth % 2)) }));
    const [first, second] = [await startPlayServer({ lines: lines.slice(0, 200) }), await startPlayServer({ lines })];
    const indexer = startProgram('apps/indexer/src/main.ts', [], {
      ...store.env,
      WS_URL: `${first.url},${second.url}`,
      SINCE: '2020-01-01T00:00:00Z',
    });
    await until(async () => (await store.count('likes', `actor_did = '${account(3)}'`)) > 0);
    expect(await erase(store, '--yes', '--wait', '4', account(3))).toMatchObject({ code: 0 });
    await first.close();
    await until(async () => (await indexer.metric('updraft_indexer_erased_total')) >= 100);
    await until(async () => (await store.count('likes', `actor_did = '${account(2)}'`)) === lines.length / 2);
    indexer.child.kill('SIGTERM');
    await expectCleanEnd(indexer);
    await second.close();
    expect(await rowsOf(store, account(3))).toEqual({});
  });

  test('must be named by a DID', async () => {
    const { code, output } = await erase(world, 'alice.example.com');
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('expected a DID') });
  });
});

const REJECTED_BY_TEXT = 'c'.repeat(32);
const STRANGER = 'did:plc:strangerstrangerstranger';

/** What feed generators keep of what accounts have seen, today's and the oldest. */
function openRedis({ env }: Store) {
  const redis = createRedis({ address: env['REDIS_ADDRESS'] ?? '' });
  const today = seenDay(Date.now());
  return {
    seenBy: (...dids: string[]) =>
      dids.flatMap((did) => [today, today - 14].map((day) => seenKey(env['REDIS_PREFIX'] ?? '', did, day))),
    fill: async (keys: readonly string[]) => {
      for (const key of keys) await redis.set(key, 'xxxxx');
    },
    there: (keys: readonly string[]) => redis.exists(...keys),
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  };
}

async function busiestAccount({ clickhouse }: Store): Promise<string> {
  const [row] = await selectRows<{ did: string }>(
    clickhouse,
    `SELECT repo AS did FROM repo_records WHERE repo IN (SELECT did FROM posts) AND repo IN (SELECT actor_did FROM likes)
     GROUP BY did ORDER BY count() DESC, did LIMIT 1`,
  );
  if (row === undefined) throw new Error('the world has no accounts');
  return row.did;
}

/** Rows that only people's acts make. */
async function fillFeedsAndSearch({ clickhouse }: Store, did: string): Promise<void> {
  const rows = [
    'INSERT INTO post_like_counts SELECT 1, uri_key, 5 FROM posts WHERE did = {did:String}',
    "INSERT INTO labels (did, uri, val, src) VALUES ({did:String}, concat('at://', {did:String}, '/app.bsky.feed.post/3k'), 'spam', 'did:plc:labeler')",
    "INSERT INTO actor_labels VALUES ('mpls', {did:String}, now(), 'x', 1, 0)",
    `INSERT INTO actor_labels VALUES ('mpls', '${STRANGER}', now(), concat({did:String}, ' with key 1'), 1, 0)`,
    "INSERT INTO feed_hides VALUES ('f', {did:String}, 'x', 'x', 1, 0), ('', concat('at://', {did:String}, '/x/y'), 'x', 'x', 1, 0)",
    `INSERT INTO feed_hides VALUES ('f', '${STRANGER}', 'x', {did:String}, 1, 0)`,
    "INSERT INTO audit_log VALUES (now64(6), 'f', 'hide', concat('at://', {did:String}, '/x/y'), 'x', 'x', 'e1')",
    `INSERT INTO audit_log VALUES (now64(6), 'f', 'hide', '${STRANGER}', {did:String}, 'x', 'e2')`,
    "INSERT INTO profile_labels VALUES ({did:String}, ['bot'], 1)",
    "INSERT INTO member_requests VALUES ('mpls', {did:String}, 'approved', 'x', '', '', 'y', 1)",
    `INSERT INTO member_requests VALUES ('mpls', '${STRANGER}', 'banned', 'x', '', concat('knows ', {did:String}), {did:String}, 1)`,
    "INSERT INTO api_keys VALUES ('k1', repeat('a', 64), ['x'], {did:String}, now(), 0, 1)",
    "INSERT INTO api_key_uses VALUES ('k1', now())",
    "INSERT INTO feed_request_analytics (requested_at, feed, viewer_did) VALUES (now(), 'f', {did:String})",
    "INSERT INTO feed_interactions (received_at, feed, viewer_did, item) VALUES (now(), 'f', {did:String}, '')",
    `INSERT INTO feed_interactions (received_at, feed, viewer_did, item) VALUES (now(), 'f', '${STRANGER}', concat('at://', {did:String}, '/x/y'))`,
    `INSERT INTO feed_interactions (received_at, feed, viewer_did, item, feed_context) VALUES (now(), 'f', '${STRANGER}', 'at://did:plc:x/x/y', concat('position=1;build=me.a-b;variant=;reason=reposted by ', {did:String}))`,
    "INSERT INTO viewer_wishes VALUES ({did:String}, '', -1, now())",
    "INSERT INTO repo_cleanup_jobs (job_id, repo, version) VALUES ('j1', {did:String}, 1)",
    "INSERT INTO repo_cleanup_requests VALUES ('j1', 'secret', 'hash', 1)",
    'INSERT INTO listed_accounts SELECT sipHash64({did:String}), 1, 1',
    "INSERT INTO rejected_events (event_hash, reason, did) VALUES (repeat('b', 32), 'not_json', {did:String})",
    `INSERT INTO rejected_events (event_hash, reason, event) VALUES ('${REJECTED_BY_TEXT}', 'unknown_kind', concat('{"did":"', {did:String}, '"}'))`,
  ];
  await Promise.all(rows.map((sql) => clickhouse.command(sql, { did })));
}

/** Rows by table in which the account stands as the one whose they are, whatever the table. */
async function rowsOf({ clickhouse }: Store, did: string): Promise<Record<string, number>> {
  const columns = await selectRows<{ table: string; name: string }>(
    clickhouse,
    `SELECT table, name FROM system.columns
     WHERE database = currentDatabase() AND name IN ('did', 'actor_did', 'repo', 'viewer_did', 'did_key', 'changed_by', 'note', 'item', 'feed_context')
       AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')`,
  );
  expect(columns.length).toBeGreaterThan(20);
  const counts = columns.map(({ table, name }) => {
    const condition = name === 'did_key' ? 'did_key = sipHash64({did:String})' : `position(${name}, {did:String}) > 0`;
    return `SELECT '${table}' AS table, toFloat64(count()) AS rows FROM ${table} WHERE ${condition}`;
  });
  const found = await selectRows<{ table: string; rows: number }>(clickhouse, counts.join(' UNION ALL '), { did });
  return Object.fromEntries(found.filter(({ rows }) => rows > 0).map(({ table, rows }) => [table, rows]));
}

/** Everything but the account's own rows and the operations, which are hashes. */
function recordsOfOthers(tables: Tables, did: string): Tables {
  const isOfIt = (row: unknown) =>
    typeof row === 'object' &&
    row !== null &&
    ['did', 'actor_did', 'repo'].some((column) => Reflect.get(row, column) === did);
  return Object.fromEntries(
    Object.entries({ ...tables, record_ops: [] }).map(([table, rows]) => [
      table,
      rows.filter((row) => !isOfIt(row) && !JSON.stringify(row).includes(REJECTED_BY_TEXT)),
    ]),
  );
}
