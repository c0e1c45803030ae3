import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_EVENT_BYTES, rejectedRow, truncateUtf8 } from './rejected-row.ts';

it('truncateUtf8 gives the longest whole beginning within the bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, maxBytes) => {
      const cut = truncateUtf8(text, maxBytes);
      expect(text.startsWith(cut)).toBe(true);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(maxBytes);
      const [next] = text.slice(cut.length);
      if (next !== undefined) expect(Buffer.byteLength(cut + next)).toBeGreaterThan(maxBytes);
    }),
  );
});

it('the same refused row has the same hash, another row or table another', () => {
  const row = { actorDid: 'did:plc:a', rkey: '1' };
  const hash = rejectedRow('likes', row, 'one reason').eventHash;
  expect(rejectedRow('likes', { ...row }, 'another reason').eventHash).toBe(hash);
  expect(rejectedRow('reposts', row, 'one reason').eventHash).not.toBe(hash);
  expect(rejectedRow('likes', { ...row, rkey: '2' }, 'one reason').eventHash).not.toBe(hash);
});

it('a row of 5 MB is kept to its first MiB, with its whole length', () => {
  const rejected = rejectedRow('posts', { did: 'did:plc:a', text: 'é'.repeat(2_500_000) }, 'too long');
  expect(Buffer.byteLength(rejected.event)).toBeLessThanOrEqual(MAX_EVENT_BYTES);
  expect(rejected.eventBytes).toBeGreaterThan(5_000_000);
  expect(rejected).toMatchObject({ did: 'did:plc:a', kind: 'row of posts', reason: 'refused_by_clickhouse' });
});
