import { encode } from '@atcute/cbor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLine } from '../events/stream-event.ts';
import { ROW_KIND, type SegmentRow } from '../segment/row.ts';
import { anyRow, likeRow } from '../segment/rows.fixture.ts';
import { eventLine } from './event-line.ts';

const like = likeRow(7);
const upstream = { did: like.did, seq: 7, time: '2026-07-25T17:19:59Z' };
const of = (kind: number, payload: Uint8Array): SegmentRow => ({
  ...like,
  kind,
  payload,
  collection: '',
  rkey: '',
  rev: '',
});

describe('the line of a row', () => {
  test('is read as the event that the live stream has', () => {
    const common = { did: like.did, timeUs: like.witnessedAt, cursor: 7 };
    const events = [
      like,
      { ...like, kind: ROW_KIND.createAfterSync },
      { ...like, kind: ROW_KIND.update },
      { ...like, kind: ROW_KIND.delete, payload: new Uint8Array(0) },
      of(ROW_KIND.identity, encode({ ...upstream, handle: 'a.example' })),
      of(ROW_KIND.account, encode({ ...upstream, active: true })),
      of(ROW_KIND.sync, encode({ ...upstream, rev: like.rev, blocks: { $bytes: 'AA' } })),
    ].map((row) => parseLine(eventLine(row)));
    expect(events).toMatchObject([
      { event: { ...common, operation: 'create', record: { $type: 'app.bsky.feed.like' } } },
      { event: { ...common, operation: 'create' } },
      { event: { ...common, operation: 'update' } },
      { event: { ...common, operation: 'delete', record: undefined } },
      { event: { ...common, kind: 'identity', handle: 'a.example' } },
      { event: { ...common, kind: 'account', active: true } },
      { event: { ...common, kind: 'sync', rev: { clockId: 10 } } },
    ]);
  });

  test('whose payload can not be read says why, and bears the bytes', () => {
    const line = eventLine({ ...like, payload: Buffer.of(0xff) });
    expect(parseLine(line)).toMatchObject({
      reason: 'bad_record',
      did: like.did,
      collection: like.collection,
      cursor: 7,
    });
    expect(JSON.parse(line)).toMatchObject({ payload: { $bytes: '/w' } });
    expect(parseLine(eventLine(of(ROW_KIND.identity, Buffer.of(0xff))))).toMatchObject({ reason: 'bad_record' });
    expect(parseLine(eventLine(of(ROW_KIND.sync, Buffer.of(0xff))))).toMatchObject({ reason: 'bad_sync' });
  });

  test('of a kind that a later version adds is rejected by that', () => {
    expect(parseLine(eventLine({ ...like, kind: 8 }))).toMatchObject({
      reason: 'unknown_kind',
      detail: 'kind is "row kind 8"',
    });
  });

  test('is JSON whatever stands in the row', () => {
    fc.assert(fc.property(anyRow, (row) => void JSON.parse(eventLine(row))));
  });
});
