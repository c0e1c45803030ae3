import { commitVersion, type Tid, timeVersion, type Version } from '@updraft/atproto';
import {
  type ActorStatusRow,
  actorHandles,
  actorStatus,
  type Block,
  createBatchWriter,
  createBlock,
  hashText,
  ingestGaps,
  type PostRow,
  postRows,
  type RecordRow,
  recordRows,
  rejectedEvents,
  type Table,
  type WritableBlock,
} from '@updraft/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countAccounts } from './account-counts.ts';
import { recordRow, rkeyAt } from './record-row.ts';
import { selectRows } from './select-rows.ts';
import { quietLog, type StoreFixture, startStore } from './store-fixture.ts';

let store: StoreFixture;

beforeAll(async () => {
  store = await startStore();
});

afterAll(async () => {
  await store.close();
});

const NOW_MS = Date.now();
const tid = (second: number): Tid => ({ micros: (NOW_MS - 3_600_000 + second * 1_000) * 1_000, clockId: 1 });

async function write(...blocks: WritableBlock[]): Promise<void> {
  const writer = createBatchWriter({
    clickhouse: store.clickhouse,
    log: quietLog,
    backoff: () => ({ next: () => 50, reset: () => {} }),
  });
  await writer.write(blocks, new AbortController().signal);
}

function block<Row extends object>(table: Table<Row>, rows: readonly Row[]): Block<Row> {
  const made = createBlock(table);
  for (const row of rows) made.append(row);
  return made;
}

const like = (repo: string, rkey: string, second: number, rest: Partial<RecordRow> = {}): RecordRow => {
  const { deleted = false } = rest;
  const version = commitVersion(tid(second), deleted);
  const subject = 'at://did:plc:author/app.bsky.feed.post/1';
  return { ...recordRow({ repo, rkey, subject, createdMs: NOW_MS - 3_600_000, version, deleted }), ...rest };
};
const unlike = (repo: string, rkey: string, second: number) => like(repo, rkey, second, { deleted: true, subject: '' });
const status = (did: string, second: number, rest: Partial<ActorStatusRow> = {}): ActorStatusRow => ({
  did,
  isDeletion: false,
  active: true,
  status: '',
  version: timeVersion(tid(second).micros),
  ...rest,
});
const gone = (did: string, second: number) =>
  status(did, second, { active: false, status: 'deleted', isDeletion: true });

describe('invariants 3 and 4: replay changes nothing, a delete deletes: likes of a subject', () => {
  const count = (subject: string) => countAccounts(store.clickhouse, 'likes', subject);

  it('count one an account, however many like records it has and however often they arrive', async () => {
    const subject = 'at://a/app.bsky.feed.post/many';
    const rows = Array.from({ length: 15 }, (_, index) => like('did:plc:a', `many${index}`, index, { subject }));
    for (let time = 0; time < 3; time++)
      await write(block(recordRows, [...rows, like('did:plc:b', 'many', 1, { subject })]));
    expect(await count(subject)).toBe(2);
  });

  it('are gone after an unlike, which names no subject, and back after a new like; replays change nothing', async () => {
    const subject = 'at://a/app.bsky.feed.post/unlike';
    const history = [
      like('did:plc:a', 'u1', 1, { subject }),
      unlike('did:plc:a', 'u1', 2),
      like('did:plc:a', 'u2', 3, { subject }),
    ];
    const after: number[] = [];
    for (const row of history) {
      await write(block(recordRows, [row]));
      after.push(await count(subject));
    }
    expect(after).toEqual([1, 0, 1]);
    for (const row of history.toReversed()) await write(block(recordRows, [row]));
    await write(block(recordRows, [unlike('did:plc:a', 'u2', 4)]));
    for (const row of history) await write(block(recordRows, [row]));
    expect(await count(subject)).toBe(0);
  });

  it('at one rev the write wins, in any order and number of copies', async () => {
    const subject = 'at://a/app.bsky.feed.post/tie';
    const [write1, delete1] = [like('did:plc:a', 'tie', 1, { subject }), unlike('did:plc:a', 'tie', 1)];
    const seen: number[] = [];
    for (const row of [delete1, write1, delete1, write1, write1, delete1]) {
      await write(block(recordRows, [row]));
      seen.push(await count(subject));
    }
    expect(seen).toEqual([0, 1, 1, 1, 1, 1]);
    await write(block(recordRows, [unlike('did:plc:a', 'tie', 2)]));
    expect(await count(subject)).toBe(0);
  });

  it('come back by a replay where an earlier release let the delete of their rev win', async () => {
    const subject = 'at://a/app.bsky.feed.post/old';
    const plus = ({ hi, lo }: Version, more: number): Version => ({ hi, lo: lo + more });
    const [write1, delete1] = [like('did:plc:a', 'old', 1, { subject }), unlike('did:plc:a', 'old', 1)];
    const old = [
      { ...delete1, relativeVersion: plus(delete1.relativeVersion, 1) },
      { ...write1, relativeVersion: plus(write1.relativeVersion, -1) },
    ];
    for (const rows of [...old.map((row) => [row]), [delete1]]) await write(block(recordRows, rows));
    expect(await count(subject)).toBe(0);
    await write(block(recordRows, [write1]));
    expect(await count(subject)).toBe(1);
    await store.clickhouse.command('OPTIMIZE TABLE record_rows FINAL');
    for (const row of [delete1, write1, delete1]) await write(block(recordRows, [row]));
    expect(await count(subject)).toBe(1);
  });

  it('are hidden with their account and come back with it, but not those from before a deletion', async () => {
    const subject = 'at://a/app.bsky.feed.post/accounts';
    const seen: number[] = [];
    const step = async (...blocks: WritableBlock[]) => {
      await write(...blocks);
      seen.push(await count(subject));
    };
    await step(block(recordRows, [like('did:plc:x', 'h1', 1, { subject }), like('did:plc:y', 'h1', 1, { subject })]));
    await step(block(actorStatus, [status('did:plc:x', 2, { active: false, status: 'deactivated' })]));
    await step(block(actorStatus, [status('did:plc:x', 3)]));
    await step(block(actorStatus, [gone('did:plc:x', 4)]));
    await step(block(actorStatus, [status('did:plc:x', 5)]));
    await step(block(recordRows, [like('did:plc:x', 'h2', 6, { subject })]));
    await step(
      block(actorStatus, [gone('did:plc:x', 4), status('did:plc:x', 3)]),
      block(recordRows, [like('did:plc:x', 'h1', 1, { subject })]),
    );
    expect(seen).toEqual([2, 1, 2, 1, 1, 2, 2]);
  });
});

describe('the other counts', () => {
  it('of reposts and followers, one an account', async () => {
    const subject = 'at://a/app.bsky.feed.post/r';
    await write(
      block(recordRows, [
        like('did:plc:a', 'r1', 1, { subject, collection: 'app.bsky.feed.repost' }),
        like('did:plc:a', 'r2', 2, { subject, collection: 'app.bsky.feed.repost' }),
        like('did:plc:b', 'r1', 1, { subject, collection: 'app.bsky.feed.repost' }),
        like('did:plc:c', 'r1', 1, { subject }),
      ]),
    );
    expect(await countAccounts(store.clickhouse, 'reposts', subject)).toBe(2);
    const follow = (repo: string, rkey: string) =>
      like(repo, rkey, 1, { collection: 'app.bsky.graph.follow', subject: 'did:plc:star' });
    await write(block(recordRows, [follow('did:plc:a', 'f1'), follow('did:plc:a', 'f2'), follow('did:plc:b', 'f1')]));
    expect(await countAccounts(store.clickhouse, 'follows FINAL', 'did:plc:star')).toBe(2);
    expect(
      await selectRows(
        store.clickhouse,
        "SELECT actor_did, toFloat64(following_count) AS n FROM following_counts WHERE actor_did = 'did:plc:a'",
      ),
    ).toEqual([{ actor_did: 'did:plc:a', n: 1 }]);
  });

  it('of records and operations by collection: a set, not a sum', async () => {
    const record = (rkey: string, second: number, operation: string) => {
      const deleted = operation === 'delete';
      const version = commitVersion(tid(second), deleted);
      const json = deleted ? '' : '{}';
      const [collection, repo] = ['com.example.thing', 'did:plc:records'];
      return recordRow({ collection, repo, rkey, operation, json, version, deleted });
    };
    const rows = [
      record('1', 1, 'create'),
      record('1', 2, 'update'),
      record('2', 3, 'create'),
      record('2', 4, 'delete'),
      record('3', 5, 'create'),
    ];
    for (let time = 0; time < 2; time++) for (const row of rows) await write(block(recordRows, [row]));
    await write(block(recordRows, rows));
    const ofCollection = "WHERE collection = 'com.example.thing'";
    expect(
      await selectRows(store.clickhouse, `SELECT toUInt32(count()) AS records FROM repo_records ${ofCollection}`),
    ).toEqual([{ records: 2 }]);
    expect(
      await selectRows(
        store.clickhouse,
        `SELECT operation, toUInt32(count()) AS n FROM record_ops FINAL ${ofCollection} GROUP BY operation ORDER BY operation`,
      ),
    ).toEqual([
      { operation: 'create', n: 3 },
      { operation: 'delete', n: 1 },
      { operation: 'update', n: 1 },
    ]);
  });
});

describe('actors', () => {
  it('have the handle of their last identity event and the status of their last account event', async () => {
    const handle = (name: string, second: number) => ({
      did: 'did:plc:h',
      handle: name,
      version: timeVersion(tid(second).micros),
    });
    const actors = (did: string) =>
      selectRows(store.clickhouse, 'SELECT handle, active, status FROM actors WHERE did = {did:String}', { did });
    await write(block(actorHandles, [handle('new.example', 2)]));
    await write(block(actorHandles, [handle('old.example', 1)]));
    expect(await actors('did:plc:h')).toEqual([{ handle: 'new.example', active: 1, status: '' }]);
    await write(block(actorStatus, [status('did:plc:h', 3, { active: false, status: 'suspended' })]));
    expect(await actors('did:plc:h')).toEqual([{ handle: 'new.example', active: 0, status: 'suspended' }]);
    expect(await actors('did:plc:nobody')).toEqual([]);
  });
});

describe('recent posts', () => {
  it('are those of the last 72 hours that show, with the score of their likes', async () => {
    const post = (did: string, rkey: string, ageHours: number, rest: Partial<PostRow> = {}): PostRow => {
      const sortAt = NOW_MS - ageHours * 3_600_000;
      return {
        recordHour: Math.floor(sortAt / 3_600_000),
        did,
        rkey,
        operation: 'create',
        jsonRest: '{}',
        sortAt,
        text: 'hi',
        langs: [],
        tags: [],
        mentions: [],
        tokens: [],
        parentUri: '',
        rootUri: '',
        quoteUri: '',
        embed: 'none',
        hasEmbeddedMedia: false,
        version: commitVersion(tid(1), false),
        deleted: false,
        ...rest,
      };
    };
    await write(
      block(postRows, [
        post('did:plc:p', 'now', 1),
        post('did:plc:p', 'edge', 71.9),
        post('did:plc:p', 'old', 72.1),
        post('did:plc:p', 'future', -1),
        post('did:plc:p', 'unplaced', 1, { recordHour: 0 }),
        post('did:plc:p', 'deleted', 1, { deleted: true }),
        post('did:plc:q', 'hidden', 1),
      ]),
      block(actorStatus, [status('did:plc:q', 9, { active: false, status: 'takendown' })]),
      block(
        recordRows,
        [1, 2, 3].map((index) =>
          like(`did:plc:fan${index}`, rkeyAt(NOW_MS - 3_600_000), index, {
            subject: 'at://did:plc:p/app.bsky.feed.post/now',
          }),
        ),
      ),
    );
    const rows = await selectRows<{ rkey: string; likes: number; score: number; age: number }>(
      store.clickhouse,
      'SELECT rkey, toFloat64(like_count) AS likes, score, age_hours AS age FROM recent_posts_with_score ORDER BY score DESC',
    );
    expect(rows.map(({ rkey, likes: count }) => [rkey, count])).toEqual([
      ['now', 3],
      ['edge', 0],
    ]);
    expect(rows[0]?.score).toBeCloseTo(2 / ((rows[0]?.age ?? 0) + 2) ** 1.8, 9);
    expect(rows[0]?.age).toBeCloseTo(1, 1);
  });
});

describe('what was rejected and what may be missing', () => {
  it('is listed, each once', async () => {
    const rejected = {
      eventHash: hashText('x'),
      reason: 'not_json',
      detail: 'at 3',
      did: '',
      kind: '',
      collection: '',
      event: '{{',
      eventBytes: 2,
    };
    const gap = {
      gapId: hashText('gap'),
      host: 'wss://x',
      kind: 'possible',
      fromTime: 1_764_000_000_000_001,
      toTime: 1_764_000_000_000_009,
      detail: '',
    };
    for (let time = 0; time < 2; time++) await write(block(rejectedEvents, [rejected]), block(ingestGaps, [gap]));
    expect(await selectRows(store.clickhouse, 'SELECT reason, detail, did, event FROM rejected_events FINAL')).toEqual([
      { reason: 'not_json', detail: 'at 3', did: '', event: '{{' },
    ]);
    expect(
      await selectRows(store.clickhouse, 'SELECT host, kind, from_time, to_time, detail FROM ingest_gaps FINAL'),
    ).toEqual([
      {
        host: 'wss://x',
        kind: 'possible',
        from_time: '2025-11-24 16:00:00.000001',
        to_time: '2025-11-24 16:00:00.000009',
        detail: '',
      },
    ]);
  });
});
