import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Cursor,
  cursorParameter,
  decodeCursor,
  encodeCursor,
  FIRST_TIME_CURSOR,
  seqCursor,
  timeCursor,
} from './cursor.ts';

const HOST = 'jetstream.us-east.bsky.network';
const anyCursor: fc.Arbitrary<Cursor> = fc.oneof(
  fc.nat({ max: FIRST_TIME_CURSOR - 1 }).map((seq) => seqCursor(HOST, seq)),
  fc.integer({ min: FIRST_TIME_CURSOR, max: Number.MAX_SAFE_INTEGER }).map(timeCursor),
);

describe('a cursor', () => {
  test('is stored as text and read again', () => {
    fc.assert(
      fc.property(anyCursor, (cursor) => {
        expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
      }),
    );
  });

  test('of a sequence number goes to its own host and to no other; a time goes to every host', () => {
    expect(cursorParameter(seqCursor(HOST, 7), HOST)).toBe('7');
    expect(cursorParameter(seqCursor(HOST, 7), 'other.example')).toBeUndefined();
    expect(cursorParameter(timeCursor(1_785_000_000_000_000), 'other.example')).toBe('1785000000000000');
  });

  test('is never made of milliseconds, which a host would take for a sequence number', () => {
    expect(() => timeCursor(Date.now())).toThrow(RangeError);
    expect(() => seqCursor(HOST, Date.now() * 1000)).toThrow(RangeError);
    expect(decodeCursor(`time:${Date.now()}`)).toBeUndefined();
  });

  test('can be any text, and most texts are none', () => {
    for (const text of ['', '7', 'seq:7', 'seq:@h', 'seq:-1@h', 'time:', 'time:1e16', 'seq:1@a b']) {
      expect(decodeCursor(text)).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => void decodeCursor(text)));
  });
});
