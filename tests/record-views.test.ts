import { commitVersion, parseTid, type Tid } from '@updraft/atproto';
import { actorStatus, createHiddenActors, insertRows, recordRows } from '@updraft/store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quietLog } from './migrated-database.ts';
import { type RecordSpec, recordRow, rkeyAt } from './record-row.ts';
import { selectRows } from './select-rows.ts';
import { type StoreFixture, startStore } from './store-fixture.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

let store: StoreFixture;
beforeAll(async () => {
  store = await startStore();
  // Every state stays on the disk: what is exact is so by the view alone.
  await store.clickhouse.command('SYSTEM STOP MERGES record_rows');
});
afterAll(() => store.close());

const rev = (second: number): Tid => ({ micros: (NOW_MS + second * 1_000) * 1_000, clockId: 1 });

async function write(name: string, second: number, rest: Partial<RecordSpec> = {}): Promise<void> {
  const version = commitVersion(rev(second), rest.deleted ?? false);
  const like = { repo: `did:plc:${name}`, rkey: rkeyAt(NOW_MS), subject: SUBJECT, createdMs: NOW_MS, version };
  await insertRows(store.clickhouse, recordRows, [recordRow({ ...like, ...rest })]);
}

const SUBJECT = 'at://did:plc:author/app.bsky.feed.post/1';
const unlike = { deleted: true, subject: '' } as const;

function likes(name: string): Promise<{ subject_uri: string }[]> {
  return selectRows(store.clickhouse, 'SELECT subject_uri FROM likes WHERE actor_did = {did:String}', {
    did: `did:plc:${name}`,
  });
}

it('the view likes shows the last state of each like, and none that is deleted or unusable, without FINAL', async () => {
  await write('updated', 1);
  await write('updated', 2, { operation: 'update', subject: `${SUBJECT}2` });
  expect(await likes('updated')).toEqual([{ subject_uri: `${SUBJECT}2` }]);

  const history: Partial<RecordSpec>[] = [{}, unlike, {}, { subject: '', json: '{"subject":7}' }];
  const shown: number[] = [];
  for (const [second, step] of history.entries()) {
    await write('again', second, step);
    shown.push((await likes('again')).length);
  }
  expect(shown).toEqual([1, 0, 1, 0]);
  // Older states that arrive again change nothing.
  await write('again', 0);
  expect(await likes('again')).toEqual([]);
});

it('the view likes knows nothing of hidden accounts, which its reader leaves out', async () => {
  await write('hidden', 1);
  const version = { hi: 2 ** 30, lo: 0 };
  const gone = { did: 'did:plc:hidden', isDeletion: false, active: false, status: 'takendown', version };
  await insertRows(store.clickhouse, actorStatus, [gone]);
  await createHiddenActors({ clickhouse: store.clickhouse, log: quietLog }).refresh();
  expect(await likes('hidden')).toHaveLength(1);
});

it('the view likes gives the columns of a like back, whatever its rkey', async () => {
  const [tid, text] = [rkeyAt(NOW_MS, 7), 'a:rkey_of~text'];
  await write('columns', 3, { rkey: tid, createdMs: NOW_MS - 5_000 });
  await write('columns', 4, { rkey: text, createdMs: NOW_MS - 6_000 });
  const rows = await selectRows(
    store.clickhouse,
    `SELECT rkey, uri, toFloat64(record_hour) AS hour, toUnixTimestamp(record_time) * 1000 AS time, toUnixTimestamp64Milli(sort_at) + 0.0 AS sortAt,
       toFloat64(bitShiftRight(version, 11)) AS revMicros
     FROM likes WHERE actor_did = 'did:plc:columns' ORDER BY rkey`,
  );
  const uri = (rkey: string) => `at://did:plc:columns/app.bsky.feed.like/${rkey}`;
  expect(rows).toEqual([
    {
      rkey: tid,
      uri: uri(tid),
      hour: NOW_MS / HOUR_MS,
      time: `${Math.floor((parseTid(tid)?.micros ?? 0) / 1e6)}000`,
      sortAt: NOW_MS - 5_000,
      revMicros: rev(3).micros,
    },
    { rkey: text, uri: uri(text), hour: 0, time: '0', sortAt: NOW_MS - 6_000, revMicros: rev(4).micros },
  ]);
});

it('a question of the view likes about some hours reads these hours of the likes alone', async () => {
  const hour = NOW_MS / HOUR_MS;
  for (let ago = 1; ago < 5; ago++)
    await store.clickhouse.command(
      `INSERT INTO record_rows (record_hour, collection, repo, rkey_tid, subject, relative_version)
       SELECT {hour:UInt32} - {ago:UInt32}, arrayJoin(['app.bsky.feed.like', 'app.bsky.feed.repost', 'app.bsky.graph.follow']),
         concat('did:plc:many', toString(number)), number + 1, 'at://x', 1 FROM numbers(20000)`,
      { hour, ago },
    );
  await store.clickhouse.command('SYSTEM START MERGES record_rows');
  await store.clickhouse.command('OPTIMIZE TABLE record_rows FINAL');
  const [read] = await readOf('SELECT count() FROM likes WHERE record_hour = {hour:UInt32}', { hour: hour - 2 });
  // Of 240,000 rows: those of an hour of likes, and the rest of the granules at both ends.
  expect(read).toBeGreaterThanOrEqual(20_000);
  expect(read).toBeLessThan(20_000 + 2 * 8_192);
  const explained = await selectRows<{ explain: string }>(
    store.clickhouse,
    `EXPLAIN indexes = 1 SELECT count() FROM likes WHERE record_hour = ${hour - 2}`,
  );
  const plan = explained.map(({ explain }) => explain.trim());
  expect(plan).toContain('PrimaryKey');
  expect(plan).toContain('Partition');
});

/** The rows that the engine says it would read. */
async function readOf(sql: string, params: Record<string, unknown>): Promise<number[]> {
  const rows = await selectRows<{ table: string; rows: string }>(store.clickhouse, `EXPLAIN ESTIMATE ${sql}`, params);
  return rows.map(({ rows: count }) => Number(count));
}
