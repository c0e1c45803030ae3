import { isMedia, type PostEmbed, readEmbed, refUri } from './embeds.ts';
import { featuresOf } from './facets.ts';
import { isDid } from './identifiers.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { parseTimeMs } from './rfc3339.ts';

/** The typed fields of an `app.bsky.feed.post`. What is missing or makes no sense is '' or []. */
export interface PostRecord {
  readonly text: string;
  /** As written; at most 20, each of at most 32 characters. */
  readonly langs: string[];
  /** Of the record and of its facets, lower-cased, each once; at most 64, each of at most 640 characters. */
  readonly tags: string[];
  /** DIDs, each once; at most 64. */
  readonly mentions: string[];
  readonly parentUri: string;
  readonly rootUri: string;
  readonly quoteUri: string;
  readonly embed: PostEmbed;
  /** What else is read with the text: alternative texts of pictures and video, the title of a link; bounded as ReadEmbed. */
  readonly captions: string[];
  /** Images, a gallery or video, also beside a quote. */
  readonly hasEmbeddedMedia: boolean;
  /** Addresses in its facets and of its link card, as written; at most 65. */
  readonly links: string[];
  readonly createdAtMs: number | undefined;
}

/** An `app.bsky.feed.like` or `app.bsky.feed.repost`. */
export interface LikeRecord {
  readonly subjectUri: string;
  readonly createdAtMs: number | undefined;
}

/** An `app.bsky.graph.follow` or `app.bsky.graph.block`. */
export interface FollowRecord {
  readonly subjectDid: string;
  readonly createdAtMs: number | undefined;
}

/** An `app.bsky.actor.profile`. What is missing or makes no sense is ''. */
export interface ProfileRecord {
  readonly displayName: string;
  readonly description: string;
  readonly pinnedPostUri: string;
  readonly createdAtMs: number | undefined;
}

/** A post as far as it makes sense; an empty one when the record is not an object. Never throws. */
export function readPost(record: unknown): PostRecord {
  if (!isJsonObject(record)) return readPost(NOTHING);
  const reply = isJsonObject(record.reply) ? record.reply : NOTHING;
  const { embed, quoteUri, captions, link } = readEmbed(record.embed);
  const { tags, mentions, links } = featuresOf(record.facets, record.tags);
  return {
    text: stringOf(record.text),
    langs: readLangs(record.langs),
    tags,
    mentions,
    parentUri: refUri(reply.parent),
    rootUri: refUri(reply.root),
    quoteUri,
    embed,
    captions,
    hasEmbeddedMedia: isMedia(embed),
    links: link === '' ? links : [...links, link],
    createdAtMs: parseTimeMs(record.createdAt),
  };
}

/** A like or repost; undefined unless `subject.uri` is an at-uri. Never throws. */
export function readLike(record: unknown): LikeRecord | undefined {
  if (!isJsonObject(record)) return undefined;
  const subjectUri = refUri(record.subject);
  return subjectUri === '' ? undefined : { subjectUri, createdAtMs: parseTimeMs(record.createdAt) };
}

/** A follow or block; undefined unless `subject` is a DID. Never throws. */
export function readFollow(record: unknown): FollowRecord | undefined {
  if (!isJsonObject(record)) return undefined;
  const subjectDid = record.subject;
  if (typeof subjectDid !== 'string' || !isDid(subjectDid)) return undefined;
  return { subjectDid, createdAtMs: parseTimeMs(record.createdAt) };
}

/** A profile as far as it makes sense; undefined only when the record is not an object. Never throws. */
export function readProfile(record: unknown): ProfileRecord | undefined {
  if (!isJsonObject(record)) return undefined;
  return {
    displayName: stringOf(record.displayName),
    description: stringOf(record.description),
    pinnedPostUri: refUri(record.pinnedPost),
    createdAtMs: parseTimeMs(record.createdAt),
  };
}

const NOTHING: JsonObject = {};
const MAX_LANGS = 20;
const MAX_LANG_LENGTH = 32;

function readLangs(langs: unknown): string[] {
  if (!Array.isArray(langs)) return [];
  const read: string[] = [];
  for (const lang of langs) {
    if (read.length === MAX_LANGS) break;
    if (typeof lang === 'string' && lang !== '' && lang.length <= MAX_LANG_LENGTH) read.push(lang);
  }
  return read;
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
