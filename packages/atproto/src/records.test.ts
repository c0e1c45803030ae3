import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mediaOf } from './embeds.ts';
import { readFollow, readLike, readPost, readProfile } from './records.ts';

const URI = 'at://did:plc:a/app.bsky.feed.post/3mptbyplj5d2a';
const ref = (uri: unknown = URI) => ({ uri, cid: 'bafyrei' });
const NOT_OBJECTS = [undefined, null, true, 1, 'text', [], [{ text: 'a' }]];

describe('a post', () => {
  test('is read whole', () => {
    const record = {
      $type: 'app.bsky.feed.post',
      text: 'Grüße 👋',
      langs: ['de', 'en'],
      tags: ['Eins', 'zwei'],
      facets: [
        { index: { byteStart: 0, byteEnd: 1 }, features: [{ $type: 'app.bsky.richtext.facet#tag', tag: 'ZWEI' }] },
        {
          features: [
            { $type: 'app.bsky.richtext.facet#tag', tag: 'Drei' },
            { $type: 'app.bsky.richtext.facet#mention', did: 'did:plc:b' },
          ],
        },
        {
          features: [
            { $type: 'app.bsky.richtext.facet#mention', did: 'did:plc:b' },
            { $type: 'app.bsky.richtext.facet#link', uri: 'https://a' },
          ],
        },
      ],
      reply: { parent: ref(), root: ref(`${URI}r`) },
      embed: { $type: 'app.bsky.embed.images', images: [{}, { alt: 'a cat' }, { alt: ' ' }] },
      createdAt: '2026-07-04T14:38:06.055Z',
    };
    expect(readPost(record)).toEqual({
      text: 'Grüße 👋',
      langs: ['de', 'en'],
      tags: ['eins', 'zwei', 'drei'],
      mentions: ['did:plc:b'],
      parentUri: URI,
      rootUri: `${URI}r`,
      quoteUri: '',
      embed: 'images',
      captions: ['a cat'],
      hasEmbeddedMedia: true,
      links: ['https://a'],
      createdAtMs: Date.parse('2026-07-04T14:38:06.055Z'),
    });
  });

  test('is read as far as it has sense', () => {
    const empty = {
      text: '',
      langs: [],
      tags: [],
      mentions: [],
      parentUri: '',
      rootUri: '',
      quoteUri: '',
      embed: 'none',
      captions: [],
      hasEmbeddedMedia: false,
      links: [],
      createdAtMs: undefined,
    };
    expect(readPost({})).toEqual(empty);
    expect(
      readPost({
        text: 5,
        langs: 'en',
        tags: { 0: 'a' },
        facets: [
          null,
          1,
          { features: 'x' },
          { features: [null, { $type: 'app.bsky.richtext.facet#mention', did: 'bsky.app' }] },
        ],
        reply: { parent: URI, root: ref('https://example.com') },
        embed: null,
        createdAt: 1783175888,
      }),
    ).toEqual(empty);
  });

  test.for([
    [undefined, 'none', '', false],
    [{ $type: 'app.bsky.embed.images' }, 'images', '', true],
    [{ $type: 'app.bsky.embed.gallery', items: [] }, 'gallery', '', true],
    [{ $type: 'app.bsky.embed.video' }, 'video', '', true],
    [{ $type: 'app.bsky.embed.external', external: { uri: URI } }, 'external', '', false],
    [{ $type: 'app.bsky.embed.record', record: ref() }, 'record', URI, false],
    [{ $type: 'app.bsky.embed.record', record: 7 }, 'record', '', false],
    [
      { $type: 'app.bsky.embed.recordWithMedia', record: { record: ref() }, media: { $type: 'app.bsky.embed.images' } },
      'images',
      URI,
      true,
    ],
    [
      { $type: 'app.bsky.embed.recordWithMedia', record: { record: ref() }, media: { $type: 'app.bsky.embed.video' } },
      'video',
      URI,
      true,
    ],
    [
      {
        $type: 'app.bsky.embed.recordWithMedia',
        record: { record: ref() },
        media: { $type: 'app.bsky.embed.external' },
      },
      'external',
      URI,
      false,
    ],
    [
      {
        $type: 'app.bsky.embed.recordWithMedia',
        record: { record: ref() },
        media: { $type: 'app.bsky.embed.gallery' },
      },
      'gallery',
      URI,
      true,
    ],
    [
      { $type: 'app.bsky.embed.recordWithMedia', record: { record: ref() }, media: { $type: 'x' } },
      'other',
      URI,
      false,
    ],
    [{ $type: 'app.bsky.embed.recordWithMedia', record: { record: ref() } }, 'other', URI, false],
    [{ $type: 'app.bsky.embed.recordWithMedia' }, 'other', '', false],
    [{ $type: 'com.example.embed' }, 'other', '', false],
    [{}, 'other', '', false],
    [[], 'other', '', false],
    ['app.bsky.embed.images', 'other', '', false],
    [null, 'none', '', false],
  ] as const)('with embed %j has %s, quotes %j, media: %s', ([embed, kind, quoteUri, hasEmbeddedMedia]) => {
    expect(readPost({ embed })).toMatchObject({ embed: kind, quoteUri, hasEmbeddedMedia });
  });

  test('with something attached that is not understood may have media', () => {
    expect(mediaOf({ text: 'x' })).toBe('none');
    expect(mediaOf({ embed: { $type: 'app.bsky.embed.external' } })).toBe('none');
    expect(mediaOf({ embed: { $type: 'app.bsky.embed.record' } })).toBe('none');
    for (const type of ['images', 'gallery', 'video']) {
      const media = { $type: `app.bsky.embed.${type}` };
      expect(mediaOf({ embed: media })).toBe('media');
      expect(mediaOf({ embed: { $type: 'app.bsky.embed.recordWithMedia', media } })).toBe('media');
    }
    const unknown = [{}, [], 'x', 7, { $type: 7 }, { $type: 'app.bsky.embed.hologram' }];
    for (const embed of unknown) {
      expect(mediaOf({ embed })).toBe('unknown');
      expect(mediaOf({ embed: { $type: 'app.bsky.embed.recordWithMedia', media: embed } })).toBe('unknown');
    }
    expect(mediaOf({ embed: { $type: 'app.bsky.embed.recordWithMedia' } })).toBe('unknown');
    for (const record of NOT_OBJECTS) expect(mediaOf(record)).toBe('unknown');
  });

  test('is read with the texts of its pictures, its video or its link', () => {
    const of = (embed: unknown) => readPost({ embed }).captions;
    const items = [{ $type: 'app.bsky.embed.gallery#image', alt: 'one' }, { alt: 7 }, null, { alt: 'two' }];
    const gallery = { $type: 'app.bsky.embed.gallery', items };
    expect(of(gallery)).toEqual(['one', 'two']);
    expect(of({ $type: 'app.bsky.embed.recordWithMedia', record: {}, media: gallery })).toEqual(['one', 'two']);
    expect(of({ $type: 'app.bsky.embed.video', alt: 'turning' })).toEqual(['turning']);
    expect(of({ $type: 'app.bsky.embed.external', external: { title: 'News', description: 'long' } })).toEqual([
      'News',
    ]);
    for (const embed of [{ $type: 'app.bsky.embed.external' }, { ...gallery, items: {} }, { $type: 'x', alt: 'a' }])
      expect(of(embed)).toEqual([]);
    const many = Array.from({ length: 1000 }, () => ({ alt: 'x'.repeat(20_000) }));
    expect(of({ $type: 'app.bsky.embed.images', images: many })).toEqual(Array(24).fill('x'.repeat(10_000)));
  });

  test('keeps 20 languages, 64 tags and 64 mentions, none of them too long', () => {
    const many = Array.from({ length: 1000 }, (_, i) => i);
    const post = readPost({
      langs: [7, '', 'x'.repeat(33), ...many.map((i) => `l${i}`)],
      tags: [7, '', 'x'.repeat(641), ...many.map((i) => `t${i}`)],
      facets: [{ features: many.map((i) => ({ $type: 'app.bsky.richtext.facet#mention', did: `did:plc:${i}` })) }],
    });
    expect(post?.langs).toEqual(many.slice(0, 20).map((i) => `l${i}`));
    expect(post?.tags).toEqual(many.slice(0, 64).map((i) => `t${i}`));
    expect(post?.mentions).toEqual(many.slice(0, 64).map((i) => `did:plc:${i}`));
  });

  test('of a record that is no object is an empty post', () => {
    for (const record of NOT_OBJECTS) expect(readPost(record)).toEqual(readPost({}));
  });
});

describe('a like or repost', () => {
  test('has a subject', () => {
    const record = { subject: ref(), createdAt: '2026-07-04T14:38:08.999Z' };
    const read = { subjectUri: URI, createdAtMs: Date.parse('2026-07-04T14:38:08.999Z') };
    expect(readLike(record)).toEqual(read);
    expect(readLike({ subject: ref(), createdAt: '0000' })).toEqual({ subjectUri: URI, createdAtMs: undefined });
  });

  test('without a valid subject is none', () => {
    for (const subject of [undefined, null, URI, [ref()], { cid: 'bafyrei' }, ref(7), ref('at://'), ref('https://a')]) {
      expect(readLike({ subject })).toBeUndefined();
    }
    for (const record of NOT_OBJECTS) expect(readLike(record)).toBeUndefined();
  });
});

describe('a follow or block', () => {
  test('has a DID for its subject', () => {
    expect(readFollow({ subject: 'did:plc:b' })).toEqual({ subjectDid: 'did:plc:b', createdAtMs: undefined });
    expect(readFollow({ subject: 'did:web:b.com', createdAt: '2026-07-04T14:38:08Z' })).toEqual({
      subjectDid: 'did:web:b.com',
      createdAtMs: Date.parse('2026-07-04T14:38:08Z'),
    });
  });

  test('without one is none', () => {
    for (const subject of [undefined, null, 7, 'bsky.app', { did: 'did:plc:b' }, ['did:plc:b']]) {
      expect(readFollow({ subject })).toBeUndefined();
    }
    for (const record of NOT_OBJECTS) expect(readFollow(record)).toBeUndefined();
  });
});

describe('a profile', () => {
  test('is read as far as it has sense', () => {
    expect(
      readProfile({ displayName: 'A', description: 'b', pinnedPost: ref(), createdAt: '2026-07-04T14:38:08Z' }),
    ).toEqual({
      displayName: 'A',
      description: 'b',
      pinnedPostUri: URI,
      createdAtMs: Date.parse('2026-07-04T14:38:08Z'),
    });
    expect(readProfile({ displayName: null, description: 1, pinnedPost: URI })).toEqual({
      displayName: '',
      description: '',
      pinnedPostUri: '',
      createdAtMs: undefined,
    });
    for (const record of NOT_OBJECTS) expect(readProfile(record)).toBeUndefined();
  });
});

test('no JSON makes a reader throw', () => {
  const keys = fc.constantFrom(
    'text',
    'langs',
    'tags',
    'facets',
    'features',
    'reply',
    'parent',
    'embed',
    'record',
    'media',
    'subject',
    'uri',
    '$type',
    'did',
    'tag',
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 6 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom(URI, 'did:plc:b', 'app.bsky.embed.recordWithMedia', 'app.bsky.richtext.facet#tag'),
      fc.dictionary(keys, tie('json')),
      fc.array(tie('json'), { maxLength: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(keys, json), (record) => {
      const post = readPost(record);
      expect(post?.langs.length).toBeLessThanOrEqual(20);
      expect(typeof post?.text).toBe('string');
      expect(readLike(record)?.subjectUri ?? 'at://').toMatch(/^at:/);
      expect(readFollow(record)?.subjectDid ?? 'did:').toMatch(/^did:/);
      expect(typeof readProfile(record)?.displayName).toBe('string');
    }),
    { numRuns: 1000 },
  );
});
