import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAtUri, parseAtUri } from './at-uri.ts';
import { isDid, isHandle, isNsid, isRkey } from './identifiers.ts';

const word = (unit: string, minLength = 1, maxLength = 20) =>
  fc.string({ unit: fc.constantFrom(...unit), minLength, maxLength });
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const ALNUM = `${LOWER}${LOWER.toUpperCase()}0123456789`;
const dids = fc
  .tuple(word(LOWER), word(`${ALNUM}._:-`, 0), word(ALNUM))
  .map(([method, id, last]) => `did:${method}:${id}${last}`);
const nsids = fc.array(word(`${ALNUM}-`, 1, 10), { minLength: 3, maxLength: 6 }).map((parts) => parts.join('.'));
const rkeys = word(`${ALNUM}._:~-`, 1, 60).filter((rkey) => rkey !== '.' && rkey !== '..');

describe('a DID', () => {
  test('has a method and an identifier', () => {
    fc.assert(
      fc.property(dids, (did) => {
        expect(isDid(did)).toBe(true);
      }),
    );
    expect(isDid('did:web:localhost%3A8094')).toBe(true);
  });

  test.for([
    '',
    'did:',
    'did:plc',
    'did:plc:',
    'did::a',
    'DID:plc:a',
    'did:PLC:a',
    'did:plc:a:',
    'did:plc:a%',
    'did:plc:a b',
    'did:plc:ä',
    'plc:a',
  ])('is not %j', (text) => {
    expect(isDid(text)).toBe(false);
  });

  test('has at most 2,048 characters', () => {
    expect(isDid(`did:plc:${'a'.repeat(2040)}`)).toBe(true);
    expect(isDid(`did:plc:${'a'.repeat(2041)}`)).toBe(false);
  });
});

describe('a handle', () => {
  test.for(['bsky.app', 'jay.bsky.social', 'A.B.Example.COM', 'xn--nxasmq6b.com', '8.cn', 'handle.invalid'])(
    'is %j',
    (text) => {
      expect(isHandle(text)).toBe(true);
    },
  );

  test.for(['', 'bsky', '.bsky.app', 'bsky..app', 'bsky.app.', '-a.com', 'a-.com', 'a.8', 'a_b.com', 'ä.com'])(
    'is not %j',
    (text) => {
      expect(isHandle(text)).toBe(false);
    },
  );

  test('has labels of at most 63 characters, and at most 253 in all', () => {
    expect(isHandle(`${'a'.repeat(63)}.com`)).toBe(true);
    expect(isHandle(`${'a'.repeat(64)}.com`)).toBe(false);
    expect(isHandle(`${'a.'.repeat(125)}com`)).toBe(true);
    expect(isHandle(`${'a.'.repeat(126)}com`)).toBe(false);
  });
});

describe('a collection', () => {
  test('is three or more dotted segments', () => {
    fc.assert(
      fc.property(nsids, (nsid) => {
        expect(isNsid(nsid)).toBe(true);
      }),
    );
  });

  test.for(['', 'a', 'a.b', 'a.b.', '.a.b', 'a..b', 'a.b/c', 'a.b.c d', 'a.b.ü', '...'])('is not %j', (text) => {
    expect(isNsid(text)).toBe(false);
  });

  test('has at most 317 characters', () => {
    expect(isNsid(`a.b.${'c'.repeat(313)}`)).toBe(true);
    expect(isNsid(`a.b.${'c'.repeat(314)}`)).toBe(false);
  });
});

describe('a record key', () => {
  test('is what was seen on the wire', () => {
    fc.assert(
      fc.property(rkeys, (rkey) => {
        expect(isRkey(rkey)).toBe(true);
      }),
    );
    for (const rkey of ['self', '3mptbyplj5d2a', 'a::b', '...', '.a', '~1.2-3_', 'x'.repeat(512)])
      expect(isRkey(rkey)).toBe(true);
  });

  test.for(['', '.', '..', 'a/b', 'a b', 'a#', 'ä', '@handle'])('is not %j', (text) => {
    expect(isRkey(text)).toBe(false);
  });
});

test('a record key has at most 512 characters', () => {
  expect(isRkey('x'.repeat(512))).toBe(true);
  expect(isRkey('x'.repeat(513))).toBe(false);
});

describe('an at-uri', () => {
  test('is taken apart into what it was made of', () => {
    fc.assert(
      fc.property(dids, nsids, rkeys, (authority, collection, rkey) => {
        expect(parseAtUri(`at://${authority}/${collection}/${rkey}`)).toEqual({ authority, collection, rkey });
        expect(parseAtUri(`at://${authority}/${collection}`)).toEqual({ authority, collection, rkey: '' });
        expect(parseAtUri(`at://${authority}`)).toEqual({ authority, collection: '', rkey: '' });
      }),
    );
  });

  test('may name a handle', () => {
    expect(parseAtUri('at://bsky.app/app.bsky.feed.post/self')?.authority).toBe('bsky.app');
  });

  test.for([
    '',
    'at://',
    'at:///a.b.c/d',
    'at://did:plc:a/',
    'at://did:plc:a/a.b.c/',
    'at://did:plc:a/a.b.c/d/',
    'at://did:plc:a/a.b.c/d/e',
    'at://did:plc:a/a.b.c/d#e',
    'at://did:plc:a/a.b.c/d?e',
    'AT://did:plc:a/a.b.c/d',
    'at://did:plc:/a.b.c/d',
    'at://nodots/a.b.c/d',
    'https://bsky.app/a.b.c/d',
    'at://did:plc:a/a.b.c/..',
  ])('is not %j', (text) => {
    expect(parseAtUri(text)).toBeUndefined();
  });

  test('is nothing that a stray string spells', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('at://', 'did:plc:a', '/', 'a.b.c', '.', ':', '\u0000', '\ud800') }),
        (text) => {
          expect(parseAtUri(text) !== undefined).toBe(isAtUri(text));
          if (isAtUri(text)) expect(text).toMatch(/^at:\/\/[^/]+(\/[^/]+){0,2}$/);
        },
      ),
    );
  });
});
