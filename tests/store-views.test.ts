import { commitVersion, type Tid, timeVersion } from '@updraft/atproto';
import {
  type ActorStatusRow,
  actorHandles,
  actorStatus,
  hashText,
  ingestGaps,
  type PostRow,
  postRows,
  recordRows,
  rejectedEvents,
  type WritableBlock,
} from '@updraft/store';
import { describe, expect, it } from 'vitest';
import { postRow, recordRow, rkeyAt } from './record-row.ts';
import { selectRows } from './select-rows.ts';
import { useStore } from './use-store.ts';
import { blockOf, statusRow, writeBlocks } from './write-blocks.ts';

const store = useStore();

const NOW_MS = Date.now();
const tid = (second: number): Tid => ({ micros: (NOW_MS - 3_600_000 + second * 1_000) * 1_000, clockId: 1 });
const write = (...blocks: WritableBlock[]) => writeBlocks(store.clickhouse, ...blocks);
const status = (did: string, second: number, rest: Partial<ActorStatusRow> = {}) =>
  statusRow({ did, version: timeVersion(tid(second).micros), ...rest });

describe('records and operations', () => {
  it('are sets and not sums, by collection', async () => {
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
    for (let time = 0; time < 2; time++) for (const row of rows) await write(blockOf(recordRows, [row]));
    await write(blockOf(recordRows, rows));
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
    await write(blockOf(actorHandles, [handle('new.example', 2)]));
    await write(blockOf(actorHandles, [handle('old.example', 1)]));
    expect(await actors('did:plc:h')).toEqual([{ handle: 'new.example', active: 1, status: '' }]);
    await write(blockOf(actorStatus, [status('did:plc:h', 3, { active: false, status: 'suspended' })]));
    expect(await actors('did:plc:h')).toEqual([{ handle: 'new.example', active: 0, status: 'suspended' }]);
    expect(await actors('did:plc:nobody')).toEqual([]);
  });
});

describe('recent posts', () => {
  it('are those of the last 72 hours that show, with the score of their likes', async () => {
    const post = (did: string, rkey: string, ageHours: number, rest: Partial<PostRow> = {}) =>
      postRow({ did, rkey, sortAt: NOW_MS - ageHours * 3_600_000, version: commitVersion(tid(1), false), ...rest });
    await write(
      blockOf(postRows, [
        post('did:plc:p', 'now', 1),
        post('did:plc:p', 'edge', 71.9),
        post('did:plc:p', 'old', 72.1),
        post('did:plc:p', 'future', -1),
        post('did:plc:p', 'unplaced', 1, { recordHour: 0 }),
        post('did:plc:p', 'deleted', 1, { deleted: true }),
        post('did:plc:q', 'hidden', 1),
      ]),
      blockOf(actorStatus, [status('did:plc:q', 9, { active: false, status: 'takendown' })]),
      blockOf(
        recordRows,
        [1, 2, 3].map((index) =>
          recordRow({
            repo: `did:plc:fan${index}`,
            rkey: rkeyAt(NOW_MS - 3_600_000),
            subject: 'at://did:plc:p/app.bsky.feed.post/now',
            createdMs: NOW_MS - 3_600_000,
            version: commitVersion(tid(index), false),
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
    for (let time = 0; time < 2; time++) await write(blockOf(rejectedEvents, [rejected]), blockOf(ingestGaps, [gap]));
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
