import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAccountName } from './account-name.ts';
import { isDid, isHandle } from './identifiers.ts';

const HANDLE = { handle: 'alice.example.com' };
const DID = { did: 'did:plc:ewvi7nxzyoun6zhxrhs64oiz' };

describe('readAccountName', () => {
  test.for([
    'alice.example.com',
    'Alice.Example.COM',
    '@alice.example.com',
    '＠alice.example.com',
    ' @ alice.example.com\t',
    '\u202A@alice.example.com\u202C',
    '\u2068alice.example.com\u2069',
    'ali\u00ADce.exa\u200Bmple.com\uFEFF',
    'alice.example.com.',
    'alice.example.com\u00A0',
    'alice．example。com',
    'at://alice.example.com',
    'AT://Alice.example.com/',
    'https://bsky.app/profile/alice.example.com',
    'HTTPS://BSKY.APP/profile/alice.example.com',
    'http://www.bsky.app/profile/alice.example.com/',
    'bsky.app/profile/alice.example.com?ref=x',
    'bsky.app/profile/@alice.example.com#top',
    'https://bsky.app/profile/alice.example.com/post/3mptbyplj5d2a?x=/y',
  ])('reads the handle in %j', (text) => {
    expect(readAccountName(text)).toEqual(HANDLE);
  });

  test.for([
    DID.did,
    ` ${DID.did}\u200F`,
    `\u2066${DID.did}\u2069`,
    'Did:plc:ewvi7nxzyoun6zhxrhs64oiz',
    `@${DID.did}`,
    `at://${DID.did}`,
    `at://${DID.did}/app.bsky.feed.post/3mptbyplj5d2a`,
    `https://bsky.app/profile/${DID.did}`,
    `https://bsky.app/profile/${encodeURIComponent(DID.did)}?a=b`,
  ])('reads the DID in %j', (text) => {
    expect(readAccountName(text)).toEqual(DID);
  });

  test('keeps the case of a DID that is one as it stands', () => {
    expect(readAccountName('did:web:Example.com')).toEqual({ did: 'did:web:Example.com' });
  });

  test.for([
    '',
    '@',
    '.',
    'alice',
    'alice example.com',
    'alice@example.com',
    'https://example.com/profile/alice.example.com',
    'https://bsky.app/profile/',
    'https://bsky.app/search?q=alice.example.com',
    'https://bsky.app/profile/%',
    'at://',
    'did:',
    `${'a'.repeat(10_000)}.example.com`,
  ])('finds no account in %j', (text) => {
    expect(readAccountName(text)).toBeUndefined();
  });

  test('gives a DID or a handle in lower case for any string, and for that the same again', () => {
    const around = fc.constantFrom('', '@', '\u202A', ' ', 'at://', 'https://bsky.app/profile/', '＠', '.');
    const inner = fc.oneof(fc.string({ unit: 'grapheme' }), fc.domain());
    fc.assert(
      fc.property(around, inner, around, (before, text, after) => {
        const name = readAccountName(before + text + after);
        if (name === undefined) return;
        if (name.did === undefined)
          expect(isHandle(name.handle) && name.handle === name.handle.toLowerCase()).toBe(true);
        else expect(isDid(name.did)).toBe(true);
        expect(readAccountName(name.did ?? name.handle)).toEqual(name);
      }),
    );
  });
});
