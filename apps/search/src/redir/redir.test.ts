import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redirect, uriText } from './redir.ts';

describe('redirect', () => {
  test.each([
    ['at://did:plc:abc', 'https://bsky.app/profile/did:plc:abc'],
    ['at://alice.example.com', 'https://bsky.app/profile/alice.example.com'],
    ['at://did:plc:abc/app.bsky.actor.profile/self', 'https://bsky.app/profile/did:plc:abc'],
    ['at://did:plc:abc/app.bsky.feed.post/3k', 'https://bsky.app/profile/did:plc:abc/post/3k'],
    ['at://did:plc:abc/app.bsky.feed.generator/whats-hot', 'https://bsky.app/profile/did:plc:abc/feed/whats-hot'],
    ['at://did:plc:abc/app.bsky.graph.list/3k', 'https://bsky.app/profile/did:plc:abc/lists/3k'],
    ['at://did:plc:abc/app.bsky.graph.starterpack/3k', 'https://bsky.app/starter-pack/did:plc:abc/3k'],
    [
      ' \u202Aat://@Alice.Example.com/app.bsky.feed.post/3k\u202C',
      'https://bsky.app/profile/alice.example.com/post/3k',
    ],
  ])('%s leads to %s', (uri, url) => {
    expect(redirect(uri)).toEqual({ kind: 'page', url });
  });

  test.each([
    ['https://bsky.app/profile/Alice.example.com', 'at://alice.example.com'],
    ['https://bsky.app/profile/did:plc:abc/post/3k?ref=x#y', 'at://did:plc:abc/app.bsky.feed.post/3k'],
    ['https://main.bsky.dev/profile/did%3Aplc%3Aabc/feed/cats/', 'at://did:plc:abc/app.bsky.feed.generator/cats'],
    ['https://bsky.app/profile/a.example/lists/3k', 'at://a.example/app.bsky.graph.list/3k'],
    ['\u2068bsky.app/profile/a.example\u2069', 'at://a.example'],
    ['https://bsky.app/profile/@A.example./post/3k', 'at://a.example/app.bsky.feed.post/3k'],
    ['https://bsky.app/start/a.example/3k', 'at://a.example/app.bsky.graph.starterpack/3k'],
    ['https://bsky.app/starter-pack/a.example/3k', 'at://a.example/app.bsky.graph.starterpack/3k'],
  ])('%s names %s', (url, uri) => {
    const found = redirect(url);
    expect(found?.kind === 'uri' && uriText(found)).toBe(uri);
  });

  test.each([
    '',
    'hello',
    'at://',
    'at://did:plc:abc/app.bsky.feed.post',
    'at://did:plc:abc/app.bsky.feed.like/3k',
    'https://bsky.app/',
    'https://bsky.app/profile/nodots',
    'https://bsky.app/profile/a.example/post/',
    'https://bsky.app/profile/a.example/post/a%2Fb',
    'https://bsky.app/profile/a.example/constructor/3k',
    'https://bsky.app/settings/a.example',
    'https://bsky.app/profile/%E0%A4%A/post/3k',
    'javascript:alert(1)',
  ])('%j leads nowhere', (q) => {
    expect(redirect(q)).toBeUndefined();
  });

  test('goes both ways, for any key that a record may have', () => {
    const rkey = fc.string({ unit: fc.constantFrom(...'abcXYZ019.-_:~'), minLength: 3, maxLength: 40 });
    const collection = fc.constantFrom(
      'app.bsky.feed.post',
      'app.bsky.feed.generator',
      'app.bsky.graph.list',
      'app.bsky.graph.starterpack',
    );
    fc.assert(
      fc.property(rkey, collection, (key, nsid) => {
        const uri = `at://did:plc:abc/${nsid}/${key}`;
        const page = redirect(uri);
        const back = page?.kind === 'page' ? redirect(page.url) : undefined;
        expect(back?.kind === 'uri' && uriText(back)).toBe(uri);
      }),
    );
  });

  test('takes any string, and leads to bsky.app only', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((end) => `at://${end}`),
          fc.string().map((end) => `https://bsky.app/${end}`),
        ),
        (q) => {
          const found = redirect(q);
          if (found?.kind === 'page') expect(new URL(found.url).origin).toBe('https://bsky.app');
        },
      ),
    );
  });
});
