import { isAtUri } from './at-uri.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';

/**
 * What the first thing attached to a post is; a quote with media counts as its media. `other` is everything that is
 * attached and not understood: it may be media, and may not.
 */
export type PostEmbed = 'none' | 'images' | 'gallery' | 'video' | 'external' | 'record' | 'other';

export interface ReadEmbed {
  readonly embed: PostEmbed;
  /** '' when the post quotes no record. */
  readonly quoteUri: string;
}

/** Source: the lexicons app.bsky.embed.images, .gallery, .video, .external, .record and .recordWithMedia. Never throws. */
export function readEmbed(embed: unknown): ReadEmbed {
  if (embed === undefined || embed === null) return { embed: 'none', quoteUri: '' };
  if (!isJsonObject(embed)) return { embed: 'other', quoteUri: '' };
  if (embed.$type === 'app.bsky.embed.record') return { embed: 'record', quoteUri: refUri(embed.record) };
  if (embed.$type !== 'app.bsky.embed.recordWithMedia') return { embed: embedKind(embed), quoteUri: '' };
  const quoteUri = isJsonObject(embed.record) ? refUri(embed.record.record) : '';
  return { embed: isJsonObject(embed.media) ? embedKind(embed.media) : 'other', quoteUri };
}

/** Whether an embed is pictures or video. */
export function isMedia(embed: PostEmbed): boolean {
  return embed === 'images' || embed === 'gallery' || embed === 'video';
}

/**
 * Whether a record of `app.bsky.feed.post` has pictures or video of its own. `unknown` where the record or what is attached to it
 * can't be understood: a deletion must not take that for `none`. Never throws.
 */
export function mediaOf(record: unknown): 'media' | 'none' | 'unknown' {
  if (!isJsonObject(record)) return 'unknown';
  const { embed } = readEmbed(record.embed);
  if (isMedia(embed)) return 'media';
  return embed === 'other' ? 'unknown' : 'none';
}

/** The uri of a StrongRef, '' when there is none. */
export function refUri(ref: unknown): string {
  if (!isJsonObject(ref)) return '';
  return typeof ref.uri === 'string' && isAtUri(ref.uri) ? ref.uri : '';
}

function embedKind(embed: JsonObject): PostEmbed {
  switch (embed.$type) {
    case 'app.bsky.embed.images':
      return 'images';
    case 'app.bsky.embed.gallery':
      return 'gallery';
    case 'app.bsky.embed.video':
      return 'video';
    case 'app.bsky.embed.external':
      return 'external';
    default:
      return 'other';
  }
}
