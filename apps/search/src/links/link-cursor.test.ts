import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatLinkCursor, parseLinkCursor } from './link-cursor.ts';

const place = { hour: 490_000, rkey: '3lzrksmt6jk2b', did: 'did:plc:abc' };

describe('a cursor of links', () => {
  test('gives back the place it was made of', () => {
    for (const each of [place, { ...place, hour: 0, rkey: 'self' }])
      expect(parseLinkCursor(formatLinkCursor(each))).toEqual(each);
  });

  test('is undefined for text that no page gave', () => {
    const forged = [
      [1],
      [1, '/', 'did:plc:abc'],
      [1.5, 'r', 'did:plc:abc'],
      [-1, 'r', 'did:plc:abc'],
      [2e6, 'r', 'did:plc:a'],
      [1, 'r', 'x'],
      {},
      null,
    ];
    for (const value of forged)
      expect(parseLinkCursor(Buffer.from(JSON.stringify(value)).toString('base64url'))).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => parseLinkCursor(text) === undefined));
  });
});
