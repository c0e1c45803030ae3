import { isAtUri } from './at-uri.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';

/**
 * The kind of a post's attachment; a quote with media counts as its media. `other` is an attachment that is not
 * understood: it may be media.
 */
export type PostEmbed = 'none' | 'images' | 'gallery' | 'video' | 'external' | 'record' | 'other';

export interface ReadEmbed {
  readonly embed: PostEmbed;
  /** '' when the post quotes no record. */
  readonly quoteUri: string;
  /** The alternative texts of pictures and video, or the title of a link. At most 24, each cut at 10,000 characters. */
  readonly captions: string[];
  /** The address of a link card; '' without one. */
  readonly link: string;
}

/** Source: the lexicons app.bsky.embed.images, .gallery, .video, .external, .record and .recordWithMedia. Never throws. */
export function readEmbed(embed: unknown): ReadEmbed {
  if (embed === undefined || embed === null) return { ...NOTHING, embed: 'none' };
  if (!isJsonObject(embed)) return NOTHING;
  if (embed.$type === 'app.bsky.embed.record') return { ...NOTHING, embed: 'record', quoteUri: refUri(embed.record) };
  if (embed.$type !== 'app.bsky.embed.recordWithMedia') return { ...readMedia(embed), quoteUri: '' };
  const quoteUri = isJsonObject(embed.record) ? refUri(embed.record.record) : '';
  return isJsonObject(embed.media) ? { ...readMedia(embed.media), quoteUri } : { ...NOTHING, quoteUri };
}

const NOTHING: ReadEmbed = { embed: 'other', quoteUri: '', captions: [], link: '' };

/** Whether an embed is pictures or video. */
export function isMedia(embed: PostEmbed): boolean {
  return embed === 'images' || embed === 'gallery' || embed === 'video';
}

/**
 * Whether a record of `app.bsky.feed.post` has pictures or video of its own. `unknown` where the record or what is attached to it
 * can't be understood, which a deletion must not take for `none`. Never throws.
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

function readMedia(media: JsonObject): Omit<ReadEmbed, 'quoteUri'> {
  switch (media.$type) {
    case 'app.bsky.embed.images':
      return { embed: 'images', captions: altTexts(media.images), link: '' };
    case 'app.bsky.embed.gallery':
      return { embed: 'gallery', captions: altTexts(media.items), link: '' };
    case 'app.bsky.embed.video':
      return { embed: 'video', captions: altTexts([media]), link: '' };
    case 'app.bsky.embed.external':
      return externalCard(isJsonObject(media.external) ? media.external : {});
    default:
      return { embed: 'other', captions: [], link: '' };
  }
}

function externalCard({ title, uri }: JsonObject): Omit<ReadEmbed, 'quoteUri'> {
  return { embed: 'external', captions: captionsOf([title]), link: typeof uri === 'string' ? uri : '' };
}

const MAX_CAPTIONS = 24;
const MAX_CAPTION_LENGTH = 10_000;

function altTexts(media: unknown): string[] {
  if (!Array.isArray(media)) return [];
  return captionsOf(media.slice(0, MAX_CAPTIONS).map((each: unknown) => (isJsonObject(each) ? each.alt : '')));
}

function captionsOf(texts: readonly unknown[]): string[] {
  return texts.flatMap((text) =>
    typeof text === 'string' && text.trim() !== '' ? [text.slice(0, MAX_CAPTION_LENGTH)] : [],
  );
}
