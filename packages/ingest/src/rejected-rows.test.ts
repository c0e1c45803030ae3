import { formatTid, parseFrame } from '@updraft/atproto';
import { parseLine, parseV2Frame } from '@updraft/jetstream';
import { MAX_EVENT_BYTES } from '@updraft/store';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rejectedFrameRow } from './rejected-rows.ts';

function rowOf(text: string) {
  const parsed = parseFrame(text);
  if (parsed.ok) throw new Error('this frame is a good one');
  return rejectedFrameRow(parsed, text);
}

type Inner = Record<string, unknown>;
interface BadEvent {
  readonly did: string;
  readonly kind: 'commit' | 'identity' | 'account';
  readonly inner: Inner;
}

const MICROS = 1_785_000_000_123_456;
const TIME = '2026-07-25T17:20:00.123456Z';
const dids = fc.constantFrom('did:plc:a', 'did:plc:b');
/** Events that are rejected for what stands in them, whichever way they come. */
const anyBadEvent: fc.Arbitrary<BadEvent> = fc.oneof(
  fc
    .record({ did: dids, record: fc.jsonValue(), rkey: fc.constantFrom('a/b', '..', '') })
    .map(({ did, record, rkey }) => ({
      did,
      kind: 'commit' as const,
      inner: { rev: formatTid({ micros: MICROS, clockId: 1 }), operation: 'create', collection: 'a.b.c', rkey, record },
    })),
  fc.record({ did: dids, handle: fc.constantFrom(7, 'no handle', '_') }).map(({ did, handle }) => ({
    did,
    kind: 'identity' as const,
    inner: { did, seq: 4, handle, time: TIME },
  })),
  fc.record({ did: dids, status: fc.constantFrom('x', 'y') }).map(({ did, status }) => ({
    did,
    kind: 'account' as const,
    inner: { did, active: 'yes', status, seq: 5, time: TIME },
  })),
);

const reversed = (inner: Inner) => Object.fromEntries(Object.entries(inner).toReversed());
const v1Text = ({ did, kind, inner }: BadEvent) =>
  JSON.stringify({
    did,
    time_us: MICROS,
    cursor: 7,
    kind,
    [kind]: { ...inner, ...(kind === 'commit' && { cid: 'c' }) },
  });
const archiveText = ({ did, kind, inner }: BadEvent) =>
  JSON.stringify({ did, time_us: MICROS + 1, cursor: 8, kind, [kind]: reversed(inner) });
const v2Text = ({ did, kind, inner }: BadEvent) =>
  JSON.stringify({
    $type: 'message',
    payload: {
      $type: `network.bsky.jetstream.subscribeEvents#${kind}`,
      seq: 9,
      did,
      time: TIME,
      witnessedAt: TIME,
      ...(kind === 'commit' ? { ...inner, cid: 'c' } : { [kind]: inner }),
    },
  });

/** The key of its row, read as the stream by which it came. */
function rejectedHash(text: string): string {
  const frame = parseV2Frame(text);
  if (frame.kind === 'rejected') return rejectedFrameRow(frame.frame, text).eventHash;
  const parsed = parseLine(text);
  if (parsed.ok || frame.kind !== 'ignored') throw new Error(`this is no bad event: ${text}`);
  return rejectedFrameRow(parsed, text).eventHash;
}

describe('the row of a rejected frame', () => {
  test('has the same key whichever host sent it, at whatever time', () => {
    const [legacy, later, numbered, elsewhere] = [
      '{"did":"did:plc:a","time_us":1,"kind":"strange","x":1}',
      '{"did":"did:plc:a","time_us":17,"kind":"strange","x":1}',
      '{"did":"did:plc:a","time_us":17,"cursor":5,"kind":"strange","x":1}',
      '{"did":"did:plc:b","time_us":1,"kind":"strange","x":1}',
    ].map((text) => rowOf(text).eventHash);
    expect(legacy).toMatch(/^[0-9a-f]{32}$/);
    expect(later).toBe(legacy);
    expect(numbered).toBe(legacy);
    expect(elsewhere).not.toBe(legacy);
  });

  test('has the same key whether the event came by v1, by v2 or from the archive, and another one for another event', () => {
    fc.assert(
      fc.property(anyBadEvent, anyBadEvent, (event, other) => {
        const hashes = [v1Text(event), v2Text(event), archiveText(event)].map(rejectedHash);
        expect(new Set(hashes).size).toBe(1);
        const isOther = JSON.stringify(event) !== JSON.stringify(other);
        expect(rejectedHash(v2Text(other)) !== hashes[0]).toBe(isOther);
      }),
    );
  });

  test('has the same key for an event that is nested too deep to be serialised', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const [here, there] = ['"time_us":1', '"time_us":2,"cursor":9'].map((place) =>
      rowOf(`{"did":"did:plc:a",${place},"kind":${deep}}`),
    );
    expect(here?.eventHash).toBe(there?.eventHash);
  });

  test('says what could be read of the event', () => {
    const row = rowOf('{"did":"did:plc:abc","time_us":1,"kind":"commit","commit":{"rev":"no","collection":"a.b.c"}}');
    expect(row).toMatchObject({ did: 'did:plc:abc', kind: 'commit', collection: 'a.b.c', reason: 'bad_rev' });
  });

  test('keeps a frame that is no JSON as its text', () => {
    expect(rowOf('\u0000nonsense {')).toMatchObject({ reason: 'not_json', event: '\u0000nonsense {', eventBytes: 11 });
  });

  test('keeps the beginning of a huge frame, and its length', () => {
    const row = rowOf(`"${'🦋'.repeat(MAX_EVENT_BYTES / 2)}"`);
    expect(row.eventBytes).toBe(MAX_EVENT_BYTES * 2 + 2);
    expect(Buffer.byteLength(row.event)).toBeLessThanOrEqual(MAX_EVENT_BYTES);
  });
});
