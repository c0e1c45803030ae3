import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseV2Frame } from './v2-frame.ts';

const DID = 'did:plc:abcdefghijklmnopqrstuvwx';
const REV = '3lqdkdjpy6t2e';
const TIME = '2026-07-25T17:20:00.123456Z';
const MICROS = Date.parse('2026-07-25T17:20:00Z') * 1000 + 123_456;

function frame(kind: string, payload: object): string {
  const type = `network.bsky.jetstream.subscribeEvents#${kind}`;
  return JSON.stringify({ $type: 'message', payload: { $type: type, seq: 42, did: DID, time: TIME, ...payload } });
}

const commit = {
  rev: REV,
  operation: 'create',
  collection: 'app.bsky.feed.like',
  rkey: 'r',
  record: { a: 1 },
  cid: 'c',
};
const upstream = { did: DID, seq: 7, time: '2026-07-25T17:19:59Z' };

describe('a frame of v2', () => {
  test('of each kind is the event that v1 has, and sync', () => {
    const common = { did: DID, timeUs: MICROS, cursor: 42 };
    expect(parseV2Frame(frame('commit', commit))).toMatchObject({
      kind: 'event',
      event: { ...common, kind: 'commit', operation: 'create', collection: 'app.bsky.feed.like', record: { a: 1 } },
    });
    expect(parseV2Frame(frame('identity', { identity: { ...upstream, handle: 'A.example' } }))).toMatchObject({
      event: { ...common, kind: 'identity', handle: 'a.example' },
    });
    expect(
      parseV2Frame(frame('account', { account: { ...upstream, active: false, status: 'deleted' } })),
    ).toMatchObject({
      event: { ...common, kind: 'account', active: false, status: 'deleted' },
    });
    const sync = { did: DID, rev: REV, seq: 0, time: '', blocks: { $bytes: 'AA' } };
    expect(parseV2Frame(frame('sync', { sync }))).toMatchObject({
      event: { ...common, kind: 'sync', rev: { clockId: 10 } },
    });
  });

  test('has the time at which the host witnessed it, where the host tells it', () => {
    const witnessedAt = '2026-07-25T17:20:01Z';
    expect(parseV2Frame(frame('commit', { ...commit, witnessedAt }))).toMatchObject({
      event: { timeUs: Date.parse(witnessedAt) * 1000 },
    });
  });

  test('that can be no event is rejected with its reason', () => {
    for (const [text, reason] of [
      ['{', 'not_json'],
      ['[]', 'not_an_object'],
      ['{"$type":"message"}', 'not_an_object'],
      [frame('commit', { ...commit, seq: undefined }), 'bad_cursor'],
      [frame('commit', { ...commit, seq: 1.5 }), 'bad_cursor'],
      [frame('commit', { ...commit, time: 'yesterday' }), 'bad_time_us'],
      [frame('commit', { ...commit, rev: 'x' }), 'bad_rev'],
      [frame('commit', { ...commit, record: undefined }), 'missing_record'],
      [frame('identity', {}), 'bad_identity'],
      [frame('sync', {}), 'bad_sync'],
      [frame('labels', {}), 'unknown_kind'],
      ['{"$type":"message","payload":{"$type":"other#commit"}}', 'unknown_kind'],
      [frame('sync', { sync: { did: 'did:plc:other', rev: REV } }), 'bad_sync'],
      [frame('sync', { sync: { did: DID, rev: '' } }), 'bad_rev'],
    ] as const) {
      expect(parseV2Frame(text)).toMatchObject({ kind: 'rejected', frame: { reason } });
    }
  });

  test('may be a notice, the error that ends the stream, or of a type that is ignored', () => {
    expect(parseV2Frame(frame('info', { name: 'OutdatedCursor', message: 'm' }))).toEqual({
      kind: 'info',
      name: 'OutdatedCursor',
      message: 'm',
    });
    expect(parseV2Frame('{"$type":"error","error":"ConsumerTooSlow","message":"m"}')).toMatchObject({
      kind: 'error',
      error: { name: 'ConsumerTooSlowError' },
    });
    expect(parseV2Frame('{"$type":"ping"}')).toMatchObject({ kind: 'ignored', type: 'ping' });
  });

  test('never throws, whatever it is', () => {
    const anyPayload = fc.dictionary(
      fc.constantFrom('$type', 'seq', 'did', 'time', 'sync', 'rev', 'identity'),
      fc.jsonValue(),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseV2Frame(text)));
    fc.assert(
      fc.property(fc.constantFrom('commit', 'identity', 'account', 'sync', 'info'), anyPayload, (kind, payload) => {
        parseV2Frame(frame(kind, payload));
      }),
    );
  });
});
