import {
  type CommitEvent,
  commitVersion,
  readFollow,
  readLike,
  readPost,
  recordJson,
  recordTime,
  sortAtMs,
  type Version,
  versionToBigInt,
} from '@updraft/atproto';
import { appendEvent, createBatch, filledBlocks } from '@updraft/ingest';
import { backoff } from '@updraft/service';
import { createBatchWriter } from '@updraft/store';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imported, post, recordOfCollection, rev, rkey } from '../packages/atproto/src/hostile-records.fixture.ts';
import { quietLog } from './migrated-database.ts';
import { selectRows } from './select-rows.ts';
import { type StoreFixture, startStore } from './store-fixture.ts';

const POST = 'app.bsky.feed.post';
const COUNT = 6_000;

interface Write {
  readonly event: CommitEvent;
  readonly version: Version;
}

/** Hostile writes, each of an account of its own. */
function hostileWrites(): Write[] {
  const record = fc.oneof({ weight: 2, arbitrary: recordOfCollection }, fc.tuple(fc.constant(POST), post));
  return fc
    .sample(fc.tuple(record, rev, rkey, imported), { numRuns: COUNT, seed: 12 })
    .map(([[collection, value], at, key, version], nth) => ({
      event: {
        kind: 'commit',
        did: `did:plc:${nth}`,
        timeUs: 1,
        cursor: undefined,
        rev: at,
        operation: nth % 3 === 0 ? 'update' : 'create',
        collection,
        rkey: key,
        record: value,
      },
      version: version ?? commitVersion(at, false),
    }));
}

const writes = hostileWrites();
let store: StoreFixture;
beforeAll(async () => {
  store = await startStore();
  const batch = createBatch();
  for (const { event, version } of writes) appendEvent(event, batch, version);
  const writer = createBatchWriter({
    clickhouse: store.clickhouse,
    log: quietLog,
    backoff: () => backoff({ minMs: 10, maxMs: 100 }),
  });
  await writer.write(filledBlocks(batch), new AbortController().signal);
});
afterAll(() => store.close());

const VIEWS: Readonly<Record<string, readonly [table: string, subjectColumn: string]>> = {
  'app.bsky.feed.like': ['likes', 'subject_uri'],
  'app.bsky.feed.repost': ['reposts', 'subject_uri'],
  'app.bsky.graph.follow': ['follows', 'subject_did'],
  'app.bsky.graph.block': ['blocks', 'subject_did'],
};

type Row = Readonly<Record<string, unknown>>;

test('repo_records shows the JSON of every record byte for byte, with its key, hour and version', async () => {
  const rows = await selectRows<Row>(
    store.clickhouse,
    `SELECT repo, toString(collection) AS collection, rkey, toFloat64(record_hour) AS hour, toFloat64(toUnixTimestamp(record_time)) AS time,
         toString(version) AS version, operation, record_json AS json FROM repo_records`,
  );
  const expected = writes.map(({ event, version }) => ({
    ...keyOf(event, version),
    repo: event.did,
    collection: event.collection,
    operation: event.operation,
    json: recordJson(event.record),
  }));
  expect(byActor(rows, 'repo')).toEqual(byActor(expected, 'repo'));
});

test.each(Object.entries(VIEWS))(
  '%s: the view shows the subject and the time of each that is usable',
  async (collection, [table, subjectColumn]) => {
    const rows = await selectRows<Row>(
      store.clickhouse,
      `SELECT actor_did AS did, rkey, toFloat64(record_hour) AS hour, toFloat64(toUnixTimestamp(record_time)) AS time, toString(version) AS version,
         toUnixTimestamp64Milli(sort_at) + 0.0 AS sortAt, ${subjectColumn} AS subject FROM ${table} FINAL`,
    );
    const expected = writes.flatMap(({ event, version }) => {
      if (event.collection !== collection) return [];
      const read = subjectColumn === 'subject_uri' ? readLike(event.record) : readFollow(event.record);
      if (read === undefined) return [];
      const sortAt = sortAtMs(event.rev, event.rkey, read.createdAtMs);
      const subject = 'subjectUri' in read ? read.subjectUri : read.subjectDid;
      return [{ ...keyOf(event, version), did: event.did, sortAt, subject }];
    });
    expect(expected.length).toBeGreaterThan(20);
    expect(byActor(rows, 'did')).toEqual(byActor(expected, 'did'));
  },
);

test('the view posts shows the text and the time of each post, also of those that are no objects', async () => {
  const rows = await selectRows<Row>(
    store.clickhouse,
    `SELECT did, rkey, toFloat64(record_hour) AS hour, toFloat64(toUnixTimestamp(record_time)) AS time, toString(version) AS version,
         toUnixTimestamp64Milli(sort_at) + 0.0 AS sortAt, text FROM posts`,
  );
  const expected = writes.flatMap(({ event, version }) => {
    if (event.collection !== POST) return [];
    const { text, createdAtMs } = readPost(event.record);
    const sortAt = sortAtMs(event.rev, event.rkey, createdAtMs);
    return [{ ...keyOf(event, version), did: event.did, sortAt, text: text.toWellFormed() }];
  });
  expect(byActor(rows, 'did')).toEqual(byActor(expected, 'did'));
});

function keyOf({ rkey: key }: CommitEvent, version: Version) {
  const { recordHour, recordTimeS } = recordTime(key);
  return { rkey: key, hour: recordHour, time: recordTimeS, version: String(versionToBigInt(version)) };
}

function byActor(rows: readonly Row[], column: string): Map<unknown, Row> {
  return new Map(
    rows.map((row) => [row[column], row]).toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)) as [unknown, Row][],
  );
}
