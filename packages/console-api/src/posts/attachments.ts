import { isJsonObject, type JsonObject } from '@updraft/atproto';
import type { PostCard } from '../views/post-card.ts';
import { cutText } from './cut-text.ts';
import { webLink } from './web-link.ts';

export type Attachments = Pick<PostCard, 'images' | 'video' | 'external'>;

const MAX_IMAGES = 24;
const MAX_ALT_LENGTH = 10_000;
const MAX_TITLE_LENGTH = 500;
const MAX_DESCRIPTION_LENGTH = 2_000;

/**
 * What a post shows beside its text, as its record says. Never throws.
 * Sources: the lexicons app.bsky.embed.images, .gallery, .video, .external and .recordWithMedia.
 */
export function attachmentsOf(embed: unknown): Attachments {
  if (!isJsonObject(embed)) return { images: [] };
  const media = embed.$type === 'app.bsky.embed.recordWithMedia' ? embed.media : embed;
  return isJsonObject(media) ? mediaOf(media) : { images: [] };
}

function mediaOf(media: JsonObject): Attachments {
  switch (media.$type) {
    case 'app.bsky.embed.images':
      return { images: imagesOf(media.images) };
    case 'app.bsky.embed.gallery':
      return { images: imagesOf(media.items) };
    case 'app.bsky.embed.video':
      return { images: [], video: { alt: cut(media.alt, MAX_ALT_LENGTH) } };
    case 'app.bsky.embed.external':
      return { images: [], ...externalOf(media.external) };
    default:
      return { images: [] };
  }
}

function imagesOf(images: unknown): Attachments['images'] {
  if (!Array.isArray(images)) return [];
  return images.slice(0, MAX_IMAGES).map((image: unknown) => ({
    alt: cut(isJsonObject(image) ? image.alt : '', MAX_ALT_LENGTH),
  }));
}

function externalOf(external: unknown): Pick<Attachments, 'external'> {
  if (!isJsonObject(external)) return {};
  const link = webLink(external.uri);
  if (link === undefined) return {};
  return {
    external: {
      link,
      title: cut(external.title, MAX_TITLE_LENGTH),
      description: cut(external.description, MAX_DESCRIPTION_LENGTH),
    },
  };
}

function cut(text: unknown, length: number): string {
  return typeof text === 'string' ? cutText(text, length) : '';
}
