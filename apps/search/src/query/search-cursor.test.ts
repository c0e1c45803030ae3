import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCursor, parseCursor } from './search-cursor.ts';

const place = { sortAtMs: Date.UTC(2026, 6, 4), did: 'did:plc:abc', rkey: '3lzrksmt6jk2b' };

describe('a search cursor', () => {
  test('gives back the place it was made of', () => {
    expect(parseCursor(formatCursor(place))).toEqual(place);
    const top = { ...place, numLikes: 12, generation: 1_764_000_000_000, toMs: 1_764_000_000_123, isSpelled: false };
    expect(parseCursor(formatCursor(top))).toEqual(top);
  });

  test('is undefined for text that no page gave', () => {
    const forged = [
      [1],
      [1, 'x', 'y'],
      [1.5, 'did:plc:abc', 'r'],
      [1e300, 'did:plc:abc', 'r'],
      [1, 'did:plc:abc', 'r', -1, 0, 0],
      {},
      null,
    ];
    for (const value of forged)
      expect(parseCursor(Buffer.from(JSON.stringify(value)).toString('base64url'))).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => parseCursor(text) === undefined));
  });
});
