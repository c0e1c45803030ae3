import { encode } from '@atcute/cbor';
import fc from 'fast-check';
import { ROW_KIND, type SegmentRow } from './row.ts';

/** Arbitrary rows, valid or not: all that the columns can hold. */
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('a', 'z', '.', ':', '-', '7', 'é'), maxLength });

export const anyRow: fc.Arbitrary<SegmentRow> = fc.record({
  seq: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  witnessedAt: fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  indexedAt: fc.oneof(fc.constant(0), fc.maxSafeInteger()),
  kind: fc.constantFrom(...Object.values(ROW_KIND)),
  did: text(300),
  collection: text(127),
  rkey: text(127),
  rev: text(127),
  payload: fc.uint8Array({ maxLength: 40 }),
});

/** A like, as a real server stores it. */
export function likeRow(seq: number): SegmentRow {
  const record = {
    $type: 'app.bsky.feed.like',
    subject: { uri: `at://did:plc:target/app.bsky.feed.post/3lqdkdjpy6t${seq}`, cid: `bafyreib${seq}` },
    createdAt: '2026-07-04T14:38:08.123Z',
  };
  return {
    seq,
    witnessedAt: 1_785_000_000_000_000 + seq,
    indexedAt: 0,
    kind: ROW_KIND.create,
    did: `did:plc:abcdefghijklmnopqrst${String(seq % 10_000).padStart(4, '2')}`,
    collection: 'app.bsky.feed.like',
    rkey: '3lqdkdjpy6t2e',
    rev: '3lqdkdjpy6t2e',
    payload: encode(record),
  };
}
