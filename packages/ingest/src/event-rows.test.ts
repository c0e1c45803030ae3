import {
  type CommitEvent,
  commitVersion,
  formatTid,
  parseEvent,
  recordKey,
  relativeVersion,
  timeVersion,
  type Version,
  versionToBigInt,
} from '@updraft/atproto';
import type { StreamEvent } from '@updraft/jetstream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchBytes, createBatch } from './batch.ts';
import { appendEvent, type RowSink, type RowsOutcome } from './event-rows.ts';

const DID = 'did:plc:wq4aajammjtxdomz3e23667t';
const REV = { micros: 1_783_175_888_000_000, clockId: 7 };
const KEY_MS = 1_783_175_887_000;
const RKEY = formatTid({ micros: KEY_MS * 1000, clockId: 3 });
const SUBJECT = 'at://did:plc:r2zybk6op3ymzpz6jhqpkoy5/app.bsky.feed.post/3mpsjbtci2c2o';

describe('a commit', () => {
  test('makes one row, with the record without its StrongRef cids', () => {
    const { rows } = collect(commit('com.example.thing', { subject: { uri: SUBJECT, cid: 'bafy' } }));
    expect(rows.recordRows).toEqual([
      {
        ...recordKey(RKEY),
        repo: DID,
        collection: 'com.example.thing',
        operation: 'create',
        subject: '',
        createdDelta: 0,
        jsonRest: `{"subject":{"uri":"${SUBJECT}"}}`,
        deleted: false,
        relativeVersion: expect.anything(),
      },
    ]);
    expect(tablesWithRows(rows)).toEqual(['recordRows']);
  });

  test.each([
    ['app.bsky.feed.like', { uri: SUBJECT, cid: 'bafy' }, SUBJECT],
    ['app.bsky.feed.repost', { uri: SUBJECT, cid: 'bafy' }, SUBJECT],
    ['app.bsky.graph.follow', DID, DID],
    ['app.bsky.graph.block', DID, DID],
  ])('of %s makes one row, which keeps no JSON', (collection, subject, expected) => {
    const createdAt = new Date(KEY_MS + 5).toISOString();
    const { rows, outcome } = collect(commit(collection, { $type: collection, createdAt, subject }));
    expect(outcome).toBe('written');
    expect(tablesWithRows(rows)).toEqual(['recordRows']);
    expect(rows.recordRows).toMatchObject([{ collection, subject: expected, createdDelta: 5, jsonRest: '' }]);
  });

  test('makes the same row in the order of the archive, which sorts keys by their length', () => {
    const createdAt = new Date(KEY_MS + 5).toISOString();
    const subject = { cid: 'bafy', uri: SUBJECT };
    const LIKE = 'app.bsky.feed.like';
    const live = collect(commit(LIKE, { $type: LIKE, createdAt, subject, via: { ...subject } }));
    const archived = collect(commit(LIKE, { via: { uri: SUBJECT, cid: 'bafy' }, $type: LIKE, subject, createdAt }));
    expect(archived).toEqual(live);
    expect(live.rows.recordRows).toMatchObject([{ jsonRest: `,"via":{"uri":"${SUBJECT}"}` }]);
  });

  test('of a post makes one row', () => {
    const { rows, outcome } = collect(commit('app.bsky.feed.post', { text: 'hi', langs: ['en'] }));
    expect(outcome).toBe('written');
    expect(tablesWithRows(rows)).toEqual(['postRows']);
    const row = { did: DID, rkey: RKEY, operation: 'create', text: 'hi', langs: ['en'], deleted: false };
    expect(rows.postRows).toMatchObject([{ ...row, jsonRest: '{\u0002,\u0004}', tokens: ['hi', '=en'] }]);
  });

  test.each([[17], [null], [[]], ['text']])('of a post that is %j makes an empty one', (record) => {
    const { rows, outcome } = collect(commit('app.bsky.feed.post', record));
    expect(outcome).toBe('unusable');
    expect(rows.postRows).toMatchObject([{ text: '', deleted: false, jsonRest: JSON.stringify(record) }]);
  });

  test('that deletes makes a row without content, below the write of its commit', () => {
    const like = collect(commit('app.bsky.feed.like', undefined, { operation: 'delete' }));
    expect(like.outcome).toBe('written');
    const gone = { operation: 'delete', jsonRest: '', deleted: true };
    expect(like.rows.recordRows).toMatchObject([{ ...gone, subject: '', createdDelta: 0 }]);
    expect(like.rows.recordRows.map(({ relativeVersion: { lo } }) => lo & 1)).toEqual([0]);
    const post = collect(commit('app.bsky.feed.post', undefined, { operation: 'delete' }));
    expect(post.outcome).toBe('written');
    expect(post.rows.postRows).toMatchObject([{ ...gone, text: '', tokens: [] }]);
    expect(post.rows.postRows.map(({ version }) => versionToBigInt(version) & 1n)).toEqual([0n]);
  });

  test('that edits a like to nonsense takes its subject, at the version of an edit, and deletes nothing', () => {
    const { rows, outcome } = collect(commit('app.bsky.feed.like', { subject: 'nonsense' }, { operation: 'update' }));
    expect(outcome).toBe('unusable');
    expect(rows.recordRows).toMatchObject([
      { operation: 'update', subject: '', jsonRest: '{"subject":"nonsense"}', deleted: false },
    ]);
    expect(rows.recordRows.map(({ relativeVersion: { lo } }) => lo & 1)).toEqual([1]);
  });

  test('that was imported has the version that is given, and the time of its commit', () => {
    const version = { hi: 1, lo: 7 };
    const event = commit('app.bsky.feed.like', { subject: { uri: SUBJECT } }, { rkey: 'x' });
    const { recordRows } = collect(event, version).rows;
    expect(recordRows.map((row) => row.relativeVersion)).toEqual([relativeVersion(version, recordKey('x').rkeyTid)]);
    expect(recordRows).toMatchObject([{ createdDelta: REV.micros / 1000 }]);
  });

  test('of a profile makes a row under the rkey self only', () => {
    const record = { displayName: 'Ada', createdAt: '2024-01-02T03:04:05Z' };
    const { rows } = collect(commit('app.bsky.actor.profile', record, { rkey: 'self' }));
    expect(rows.profiles).toMatchObject([
      { actorDid: DID, displayName: 'Ada', createdAt: Date.UTC(2024, 0, 2, 3, 4, 5) },
    ]);
    expect(collect(commit('app.bsky.actor.profile', record)).rows.profiles).toEqual([]);
  });

  test.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '+275760-09-13T00:00:00Z', 17])(
    'with createdAt %s is ranked by a time that is not after its rev',
    (createdAt) => {
      const { rows } = collect(commit('app.bsky.feed.post', { text: 'x', createdAt }, { rkey: 'x' }));
      expect(rows.postRows).toMatchObject([{ sortAt: REV.micros / 1000, recordHour: 0 }]);
    },
  );

  test('whose record is nested too deep makes no row at all', () => {
    const record = {
      $type: 'app.bsky.feed.post',
      text: 'deep',
      more: JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`),
    };
    const { rows, outcome } = collect(commit('app.bsky.feed.post', record));
    expect(outcome).toBe('record_too_deep');
    expect(tablesWithRows(rows)).toEqual([]);
  });
});

test('a #sync makes a row from whose version on records show: those of its own rev, and of no earlier one', () => {
  const { rows } = collect({ kind: 'sync', did: DID, timeUs: 1, cursor: 5, rev: REV });
  expect(tablesWithRows(rows)).toEqual(['repoSyncs']);
  const [shownFrom] = rows.repoSyncs.map(({ version }) => versionToBigInt(version));
  const [written, earlier] = [REV, { ...REV, micros: REV.micros - 1 }].map((rev) =>
    versionToBigInt(commitVersion(rev, false)),
  );
  expect(shownFrom).toBeLessThanOrEqual(written ?? 0n);
  expect(shownFrom).toBeGreaterThan(earlier ?? 0n);
});

describe('an identity or account event', () => {
  test('with a handle sets the handle, and without one changes nothing', () => {
    const identity = { kind: 'identity', did: DID, timeUs: 1, cursor: undefined, eventMicros: 5_000_000 } as const;
    expect(collect({ ...identity, handle: 'a.example' }).rows.actorHandles).toMatchObject([
      { did: DID, handle: 'a.example' },
    ]);
    expect(tablesWithRows(collect({ ...identity, handle: undefined }).rows)).toEqual([]);
  });

  test.each([
    [false, 'deleted', true],
    [true, 'deleted', false],
    [false, 'takendown', false],
    [true, '', false],
  ])('with active %s and status "%s" is a deletion: %s', (active, status, isDeletion) => {
    const event = { kind: 'account', did: DID, timeUs: 1, cursor: undefined, active, status, eventMicros: 7 } as const;
    expect(collect(event).rows.actorStatus).toEqual([
      { did: DID, isDeletion, active, status, version: { hi: 0, lo: 7 * 2048 } },
    ]);
  });
});

test('an identity or account event whose inner time its host had not reached counts from the host\u2019s time', () => {
  const timeUs = 1_783_175_880_019_000;
  const fast = { did: DID, timeUs, cursor: undefined, eventMicros: timeUs + 540_000_000 } as const;
  const version = timeVersion(timeUs);
  expect(collect({ ...fast, kind: 'identity', handle: 'a.example' }).rows.actorHandles).toMatchObject([{ version }]);
  expect(collect({ ...fast, kind: 'account', active: false, status: 'deleted' }).rows.actorStatus).toMatchObject([
    { version },
  ]);
});

test('any record of any collection becomes rows that fit their columns', () => {
  const collection = fc.constantFrom(
    'app.bsky.feed.post',
    'app.bsky.feed.like',
    'app.bsky.feed.repost',
    'app.bsky.graph.follow',
    'app.bsky.graph.block',
    'app.bsky.actor.profile',
    'a.b.c',
  );
  const time = fc.oneof(
    fc.constantFrom('0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'),
    fc.date().map((date) => String(date.getTime())),
  );
  const record = fc.oneof(
    fc.jsonValue(),
    fc.record({
      createdAt: fc.oneof(time, fc.jsonValue()),
      text: fc.string({ unit: 'binary' }),
      langs: fc.jsonValue(),
      subject: fc.jsonValue(),
    }),
  );
  const micros = fc.integer({ min: 0, max: 2 ** 52 - 1 });
  fc.assert(
    fc.property(collection, record, micros, fc.constantFrom('self', RKEY, 'x::y'), (name, value, revMicros, rkey) => {
      const batch = createBatch();
      const outcome = appendEvent(
        commit(name, value ?? null, { rev: { micros: revMicros, clockId: 1023 }, rkey }),
        batch,
      );
      expect(outcome).not.toBe('record_too_deep');
      expect(batch.recordRows.rows + batch.postRows.rows).toBe(1);
      expect(batchBytes(batch)).toBeGreaterThan(0);
    }),
  );
});

test('the same event makes the same rows whichever host showed it', () => {
  const line = (place: object) => ({
    did: DID,
    ...place,
    kind: 'commit',
    commit: { rev: formatTid(REV), operation: 'create', collection: 'a.b.c', rkey: RKEY, record: {} },
  });
  const [here, there] = [{ time_us: 1 }, { time_us: 2_000_000_000_000_000, cursor: 9 }].map((place) => {
    const parsed = parseEvent(line(place));
    if (!parsed.ok) throw new Error(parsed.detail);
    return collect(parsed.event).rows;
  });
  expect(here).toEqual(there);
});

function commit(collection: string, record: unknown, change: Partial<CommitEvent> = {}): CommitEvent {
  return {
    kind: 'commit',
    did: DID,
    timeUs: 1,
    cursor: undefined,
    rev: REV,
    operation: 'create',
    collection,
    rkey: RKEY,
    record,
    ...change,
  };
}

type Rows = { [Table in keyof RowSink]: Parameters<RowSink[Table]['append']>[0][] };

function collect(event: StreamEvent, imported?: Version): { rows: Rows; outcome: RowsOutcome } {
  const rows: Rows = {
    recordRows: [],
    postRows: [],
    profiles: [],
    actorHandles: [],
    actorStatus: [],
    repoSyncs: [],
  };
  const into = <Row>(list: Row[]) => ({ append: (row: Row) => void list.push(row) });
  const outcome = appendEvent(
    event,
    {
      recordRows: into(rows.recordRows),
      postRows: into(rows.postRows),
      profiles: into(rows.profiles),
      actorHandles: into(rows.actorHandles),
      actorStatus: into(rows.actorStatus),
      repoSyncs: into(rows.repoSyncs),
    },
    imported,
  );
  return { rows, outcome };
}

function tablesWithRows(rows: Rows): string[] {
  return Object.entries(rows)
    .filter(([, list]) => list.length > 0)
    .map(([table]) => table)
    .toSorted();
}
