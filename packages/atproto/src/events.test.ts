import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ParsedFrame, parseEvent, parseFrame } from './events.ts';
import type { RejectedFrame } from './rejection.ts';
import { formatTid } from './tid.ts';

const COMMIT = {
  rev: '3mptbypluud2a',
  operation: 'create',
  collection: 'app.bsky.feed.like',
  rkey: '3mptbyplj5d2a',
  record: { a: 1 },
  cid: 'bafyrei',
};
const FRAME = { did: 'did:plc:wq4aajammjtxdomz3e23667t', time_us: 1783175888085434, kind: 'commit', commit: COMMIT };
const IDENTITY = { did: FRAME.did, handle: 'Alice.Example.COM', seq: 31527015470, time: '2026-07-04T14:38:07.877Z' };
const ACCOUNT = {
  active: false,
  did: FRAME.did,
  seq: 1,
  status: 'deactivated',
  time: '2026-07-04T14:38:07.877123456Z',
};
const MICROS = Date.parse('2026-07-04T14:38:07.877Z') * 1000;

const commitWith = (change: object) => parseEvent({ ...FRAME, commit: { ...COMMIT, ...change } });
const identityWith = (change: object) =>
  parseEvent({ ...FRAME, kind: 'identity', commit: undefined, identity: { ...IDENTITY, ...change } });
const accountWith = (change: object) =>
  parseEvent({ ...FRAME, kind: 'account', commit: undefined, account: { ...ACCOUNT, ...change } });
const reasonOf = (frame: ParsedFrame) => (frame.ok ? 'accepted' : frame.reason);

describe('a commit', () => {
  test('is read from its frame', () => {
    expect(parseFrame(JSON.stringify({ ...FRAME, cursor: 7 }))).toEqual({
      ok: true,
      event: {
        kind: 'commit',
        did: FRAME.did,
        timeUs: FRAME.time_us,
        cursor: 7,
        rev: { micros: Date.parse('2026-07-04T14:38:07.514Z') * 1000 + 441, clockId: 6 },
        operation: 'create',
        collection: 'app.bsky.feed.like',
        rkey: '3mptbyplj5d2a',
        record: { a: 1 },
      },
    });
  });

  test('of a legacy host has no cursor, and of a delete no record', () => {
    expect(commitWith({ operation: 'delete' })).toMatchObject({
      ok: true,
      event: { cursor: undefined, record: undefined },
    });
    expect(commitWith({ operation: 'delete', record: undefined })).toMatchObject({ ok: true });
  });

  test('may have the last rev whose version is below 2^63', () => {
    const rev = { micros: 2 ** 52 - 1, clockId: 1023 };
    expect(commitWith({ rev: formatTid(rev) })).toMatchObject({ ok: true, event: { rev } });
  });

  test.for([null, 0, '', 'text', [], {}])('may hold the record %j', (record) => {
    expect(commitWith({ record })).toMatchObject({ ok: true, event: { record } });
  });

  test.for([
    ['bad_rev', { rev: undefined }],
    ['bad_rev', { rev: 3 }],
    ['bad_rev', { rev: '3mptbypluud2' }],
    ['bad_rev', { rev: 'zzzzzzzzzzzzz' }],
    ['bad_rev', { rev: formatTid({ micros: 2 ** 52, clockId: 0 }) }],
    ['unknown_operation', { operation: undefined }],
    ['unknown_operation', { operation: 'CREATE' }],
    ['unknown_operation', { operation: 'constructor' }],
    ['bad_collection', { collection: undefined }],
    ['bad_collection', { collection: '' }],
    ['bad_collection', { collection: 'app.bsky/feed.like' }],
    ['bad_rkey', { rkey: undefined }],
    ['bad_rkey', { rkey: '..' }],
    ['missing_record', { record: undefined }],
  ] as const)('is refused as %s with %j', ([reason, change]) => {
    expect(commitWith(change)).toMatchObject({
      ok: false,
      reason,
      did: FRAME.did,
      kind: 'commit',
      timeUs: FRAME.time_us,
    });
  });

  test('is refused when there is none in the frame', () => {
    for (const commit of [undefined, null, 7, 'x', []])
      expect(reasonOf(parseEvent({ ...FRAME, commit }))).toBe('bad_commit');
  });
});

describe('an identity event', () => {
  test('has its handle lower-cased, and may have none', () => {
    expect(identityWith({})).toMatchObject({
      ok: true,
      event: { kind: 'identity', handle: 'alice.example.com', eventMicros: MICROS },
    });
    for (const handle of [undefined, null, ''])
      expect(identityWith({ handle })).toMatchObject({ ok: true, event: { handle: undefined } });
    expect(identityWith({ did: undefined })).toMatchObject({ ok: true, event: { did: FRAME.did } });
  });

  test.for([
    ['bad_identity', { handle: 7 }],
    ['bad_identity', { handle: 'not a handle' }],
    ['bad_identity', { did: 'did:plc:other' }],
    ['bad_event_time', { time: undefined }],
    ['bad_event_time', { time: 1783175888085434 }],
    ['bad_event_time', { time: '9999-01-01T00:00:00Z' }],
  ] as const)('is refused as %s with %j', ([reason, change]) => {
    expect(reasonOf(identityWith(change))).toBe(reason);
  });

  test('is refused without its object', () => {
    expect(reasonOf(parseEvent({ ...FRAME, kind: 'identity' }))).toBe('bad_identity');
  });
});

describe('an account event', () => {
  test('has a status of any name, or none', () => {
    expect(accountWith({})).toMatchObject({
      ok: true,
      event: { kind: 'account', active: false, status: 'deactivated', eventMicros: MICROS + 123 },
    });
    expect(accountWith({ status: 'invented' })).toMatchObject({ ok: true, event: { status: 'invented' } });
    expect(accountWith({ active: true, status: undefined })).toMatchObject({
      ok: true,
      event: { active: true, status: '' },
    });
  });

  test.for([
    ['bad_account', { active: undefined }],
    ['bad_account', { active: 'true' }],
    ['bad_account', { status: 7 }],
    ['bad_account', { did: 'did:plc:other' }],
    ['bad_event_time', { time: 'soon' }],
  ] as const)('is refused as %s with %j', ([reason, change]) => {
    expect(reasonOf(accountWith(change))).toBe(reason);
  });

  test('is refused without its object', () => {
    expect(reasonOf(parseEvent({ ...FRAME, kind: 'account', account: [] }))).toBe('bad_account');
  });
});

test('an oversized field is refused', () => {
  expect(reasonOf(parseEvent({ ...FRAME, did: `did:plc:${'x'.repeat(2041)}` }))).toBe('bad_did');
  expect(reasonOf(commitWith({ collection: `app.bsky.${'x'.repeat(309)}` }))).toBe('bad_collection');
  expect(reasonOf(commitWith({ rkey: 'x'.repeat(513) }))).toBe('bad_rkey');
  expect(reasonOf(accountWith({ status: 'x'.repeat(257) }))).toBe('bad_account');
});

describe('a frame', () => {
  test.for([
    ['not_json', ''],
    ['not_json', '{"did":'],
    ['not_json', 'Internal Server Error'],
    ['not_json', '\u0000'],
    ['not_an_object', 'null'],
    ['not_an_object', '[]'],
    ['not_an_object', '"text"'],
    ['not_an_object', '1e999'],
    ['unknown_kind', '{}'],
    ['unknown_kind', '{"kind":"sync"}'],
    ['unknown_kind', '{"kind":"__proto__"}'],
    ['unknown_kind', '{"__proto__":{"kind":"commit"}}'],
  ] as const)('is refused as %s when it is %j', ([reason, text]) => {
    expect(reasonOf(parseFrame(text))).toBe(reason);
  });

  test.for([undefined, null, 7, '', 'bsky.app', 'did:plc:'])('is refused with did %j', (did) => {
    expect(reasonOf(parseEvent({ ...FRAME, did }))).toBe('bad_did');
  });

  test.for([
    undefined,
    null,
    '1783175888085434',
    -1,
    0.5,
    1e300,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    [],
    {},
    true,
  ])('is refused with time_us or cursor %j', (number) => {
    expect(parseEvent({ ...FRAME, time_us: number })).toMatchObject({ reason: 'bad_time_us', timeUs: undefined });
    expect(reasonOf(parseEvent({ ...FRAME, cursor: number }))).toBe(number === undefined ? 'accepted' : 'bad_cursor');
  });

  test('of 10,000 levels is read or refused, never thrown over', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    expect(reasonOf(parseFrame(deep))).toBe('not_an_object');
    expect(reasonOf(parseFrame(JSON.stringify(FRAME).replace('{"a":1}', deep)))).toBe('accepted');
    expect(reasonOf(parseFrame(JSON.stringify(FRAME).replace('"commit"', deep)))).toBe('unknown_kind');
  });

  test('that is refused says why in few words and keeps what can be read', () => {
    const rejected = parseEvent({ ...FRAME, cursor: 7, commit: { ...COMMIT, rkey: '\ud800\u0000'.repeat(10_000) } });
    expect(rejected).toMatchObject({ reason: 'bad_rkey', collection: 'app.bsky.feed.like', cursor: 7, kind: 'commit' });
    expect((rejected as RejectedFrame).detail.length).toBeLessThanOrEqual(256);
    expect((rejected as RejectedFrame).detail).toMatch(/^rkey is "\\ud800\\u0000/);
  });

  test('is understood or refused, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expectSound(parseFrame(text));
      }),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        expectSound(parseFrame(text));
      }),
    );
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true, withMap: true }), (value) =>
        expectSound(parseEvent(value)),
      ),
    );
  });

  test('with one field of any shape is understood or refused', () => {
    const frames = [
      FRAME,
      { ...FRAME, kind: 'identity', identity: IDENTITY },
      { ...FRAME, kind: 'account', account: ACCOUNT },
    ];
    const fields = [
      'did',
      'time_us',
      'cursor',
      'kind',
      'rev',
      'operation',
      'collection',
      'rkey',
      'record',
      'handle',
      'active',
      'status',
      'time',
    ];
    const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true });
    fc.assert(
      fc.property(fc.constantFrom(...frames), fc.constantFrom(...fields), anything, (frame, field, value) => {
        const outer: Record<string, unknown> = { ...frame };
        const inner = { ...(outer[String(outer.kind)] as object), [field]: value };
        expectSound(parseEvent({ ...outer, [String(outer.kind)]: inner }));
        expectSound(parseEvent({ ...outer, [field]: value }));
      }),
      { numRuns: 1000 },
    );
  });
});

function expectSound(frame: ParsedFrame): void {
  if (!frame.ok) {
    expect(frame.detail.length).toBeLessThanOrEqual(256);
    return;
  }
  const { event } = frame;
  expect(Number.isSafeInteger(event.timeUs)).toBe(true);
  expect(event.did).toMatch(/^did:/);
  if (event.kind === 'commit') expect(event.record === undefined).toBe(event.operation === 'delete');
  else expect(Number.isSafeInteger(event.eventMicros)).toBe(true);
}
