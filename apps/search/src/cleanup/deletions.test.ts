import { formatTid } from '@updraft/atproto';
import { CLEANUP_TYPES, type CleanupType } from '@updraft/console-api/views';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CleanupRule, deletionOf } from './deletions.ts';

const CUTOFF = Date.UTC(2026, 5, 1);
const EVERYTHING: CleanupRule = { types: CLEANUP_TYPES, olderThanMs: CUTOFF };
const POST = 'app.bsky.feed.post';
const OLD = '2026-05-31T23:59:59.999Z';
const NEW = '2026-06-01T00:00:00.000Z';
const tidOf = (ms: number) => formatTid({ micros: ms * 1000, clockId: 1 });
function typeOf(collection: string, record: unknown, rule = EVERYTHING, rkey = '3k'): string | undefined {
  const found = deletionOf(rule, collection, rkey, record);
  return typeof found === 'object' ? found.type : found;
}

describe('deletionOf', () => {
  test('tells posts with media of their own from the rest', () => {
    const embed = (type: string, more: object = {}) => ({
      createdAt: OLD,
      embed: { $type: `app.bsky.embed.${type}`, ...more },
    });
    expect(typeOf(POST, { createdAt: OLD, text: 'x' })).toBe('post');
    expect(typeOf(POST, embed('images', { images: [] }))).toBe('post_with_media');
    expect(typeOf(POST, embed('video'))).toBe('post_with_media');
    expect(typeOf(POST, embed('external'))).toBe('post');
    expect(typeOf(POST, embed('record'))).toBe('post');
    expect(typeOf(POST, embed('recordWithMedia', { media: { $type: 'app.bsky.embed.images' } }))).toBe(
      'post_with_media',
    );
    expect(typeOf(POST, embed('recordWithMedia', { media: { $type: 'app.bsky.embed.external' } }))).toBe('post');
  });

  test('keeps a gallery as media, and any attachment that we do not know', () => {
    const gallery = { $type: 'app.bsky.embed.gallery', items: [] };
    const withMedia = (media: unknown) => ({ $type: 'app.bsky.embed.recordWithMedia', media });
    const rule = (...types: CleanupType[]): CleanupRule => ({ ...EVERYTHING, types });
    for (const embed of [gallery, withMedia(gallery)]) {
      expect(typeOf(POST, { createdAt: OLD, embed })).toBe('post_with_media');
      expect(typeOf(POST, { createdAt: OLD, embed }, rule('post'))).toBeUndefined();
    }
    for (const embed of [{ $type: 'app.bsky.embed.hologram' }, {}, 'x', 7, [], withMedia({ $type: 'com.example.x' })]) {
      expect(typeOf(POST, { createdAt: OLD, embed })).toBe('unknown_media');
      expect(typeOf(POST, { createdAt: OLD, embed }, rule('post'))).toBe('unknown_media');
      expect(typeOf(POST, { createdAt: OLD, embed }, rule('like'))).toBeUndefined();
      expect(typeOf(POST, { createdAt: NEW, embed })).toBeUndefined();
    }
    expect(typeOf(POST, undefined, EVERYTHING, tidOf(CUTOFF - 1000))).toBe('unknown_media');
  });

  test('takes likes and reposts whatever their subject is', () => {
    expect(typeOf('app.bsky.feed.like', { createdAt: OLD, subject: 7 })).toBe('like');
    expect(typeOf('app.bsky.feed.repost', { createdAt: OLD })).toBe('repost');
  });

  test('leaves every other collection alone', () => {
    for (const name of [
      'feed.threadgate',
      'feed.postgate',
      'feed.generator',
      'graph.follow',
      'graph.block',
      'actor.profile',
    ]) {
      expect(typeOf(`app.bsky.${name}`, { createdAt: OLD })).toBeUndefined();
    }
    expect(typeOf('com.example.feed.post', { createdAt: OLD })).toBeUndefined();
  });

  test('goes by createdAt to the millisecond, then by the key, and leaves what has no age', () => {
    expect(typeOf(POST, { createdAt: NEW })).toBeUndefined();
    expect(typeOf(POST, { createdAt: OLD }, EVERYTHING, tidOf(CUTOFF + 86_400_000))).toBe('post');
    for (const createdAt of [undefined, 'yesterday', '0000-01-01T00:00:00Z', 5]) {
      expect(typeOf(POST, { createdAt }, EVERYTHING, tidOf(CUTOFF - 1000))).toBe('post');
      expect(deletionOf(EVERYTHING, POST, tidOf(CUTOFF + 1000), { createdAt })).toBeUndefined();
      expect(deletionOf(EVERYTHING, POST, 'self', { createdAt })).toBeUndefined();
    }
  });

  test('deletes only what was asked for, and takes any record', () => {
    const types = fc.subarray([...CLEANUP_TYPES]);
    const collection = fc.constantFrom(
      POST,
      'app.bsky.feed.like',
      'app.bsky.feed.repost',
      'app.bsky.feed.threadgate',
      '__proto__',
    );
    const record = fc.oneof(fc.anything(), fc.record({ createdAt: fc.anything(), embed: fc.anything() }));
    fc.assert(
      fc.property(types, collection, fc.string(), record, (asked: CleanupType[], nsid, rkey, value) => {
        const found = deletionOf({ types: asked, olderThanMs: CUTOFF }, nsid, rkey, value);
        if (typeof found === 'object') expect(asked).toContain(found.type);
      }),
    );
  });
});
