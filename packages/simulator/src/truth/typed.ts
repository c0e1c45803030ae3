import { isFields, type TrueCommit, textOf } from './frame.ts';
import { isAtUri, isDid, millisOf, tidOf } from './syntax.ts';

/** What the typed tables should hold of a record, by the tables' column names. */
export interface TruePost {
  readonly text: string;
  readonly langs: readonly string[];
  readonly tags: readonly string[];
  readonly mentions: readonly string[];
  readonly parent_uri: string;
  readonly root_uri: string;
  readonly quote_uri: string;
  readonly embed: string;
  readonly has_embedded_media: number;
}

const FIRST_RECORD_MICROS = BigInt(Date.UTC(2022, 10, 1)) * 1_000n;
const END_RECORD_MICROS = BigInt(Date.UTC(2035, 0, 1)) * 1_000n;
const FIRST_SANE_MS = Date.UTC(2000, 0, 1);

/** The time that an rkey tells, in seconds since 1970; 0 when it tells none. */
export function recordSeconds(rkey: string): number {
  const tid = tidOf(rkey);
  return tid !== undefined && tid.micros >= FIRST_RECORD_MICROS && tid.micros < END_RECORD_MICROS
    ? Number(tid.micros / 1_000_000n)
    : 0;
}

/** The earliest of the times in rev, rkey and createdAt, in milliseconds since 1970. */
export function sortAt({ rev, rkey }: TrueCommit, createdAt: unknown): number {
  const times = [Number(rev.micros / 1_000n)];
  if (recordSeconds(rkey) > 0) times.push(Number((tidOf(rkey)?.micros ?? 0n) / 1_000n));
  const created = millisOf(createdAt);
  if (created !== undefined && created >= FIRST_SANE_MS) times.push(created);
  return Math.min(...times);
}

/** A record that is not an object is an empty post. */
export function truePost(given: unknown): TruePost {
  const record = isFields(given) ? given : {};
  const reply = isFields(record.reply) ? record.reply : {};
  const features = featuresOf(record.facets);
  const { embed, quote } = embedOf(record.embed);
  return {
    text: textOf(record.text),
    langs: listOf(record.langs)
      .filter((lang) => textOf(lang) !== '' && textOf(lang).length <= 32)
      .slice(0, 20)
      .map(textOf),
    tags: firstOnes(
      [...listOf(record.tags), ...features.tags]
        .map(textOf)
        .filter((tag) => tag !== '' && tag.length <= 640)
        .map((tag) => tag.toLowerCase()),
    ),
    mentions: firstOnes(features.mentions.filter(isDid)),
    parent_uri: uriOf(reply.parent),
    root_uri: uriOf(reply.root),
    quote_uri: quote,
    embed,
    has_embedded_media: ['images', 'gallery', 'video'].includes(embed) ? 1 : 0,
  };
}

/** The subject of a like or repost. */
export function trueSubjectUri(record: unknown): string | undefined {
  const uri = isFields(record) ? uriOf(record.subject) : '';
  return uri === '' ? undefined : uri;
}

/** The subject of a follow or block. */
export function trueSubjectDid(record: unknown): string | undefined {
  return isFields(record) && isDid(record.subject) ? record.subject : undefined;
}

export interface TrueProfile {
  readonly display_name: string;
  readonly description: string;
  readonly pinned_post_uri: string;
  /** Milliseconds since 1970. */
  readonly created_at: number;
}

export function trueProfile({ record, rev }: TrueCommit): TrueProfile | undefined {
  if (!isFields(record)) return undefined;
  const created = millisOf(record.createdAt) ?? 0;
  return {
    display_name: textOf(record.displayName),
    description: textOf(record.description),
    pinned_post_uri: uriOf(record.pinnedPost),
    created_at: created < FIRST_SANE_MS ? 0 : Math.min(created, Number(rev.micros / 1_000n)),
  };
}

/** The record's JSON as it should be stored: without the cid of references to records, its keys sorted. */
export function storedJson(record: unknown): string {
  return JSON.stringify(record, (_, value: unknown) => {
    if (!isFields(value)) return value;
    const isReference = typeof value.cid === 'string' && textOf(value.uri).startsWith('at://');
    const kept = Object.keys(value).filter((key) => key !== 'cid' || !isReference);
    return Object.fromEntries(kept.toSorted().map((key) => [key, value[key]]));
  });
}

function embedOf(embed: unknown): { embed: string; quote: string } {
  if (embed === undefined || embed === null) return { embed: 'none', quote: '' };
  if (!isFields(embed)) return { embed: 'other', quote: '' };
  const kind = (type: unknown) =>
    ['images', 'gallery', 'video', 'external'].find((name) => type === `app.bsky.embed.${name}`) ?? 'other';
  if (embed.$type === 'app.bsky.embed.record') return { embed: 'record', quote: uriOf(embed.record) };
  if (embed.$type === 'app.bsky.embed.recordWithMedia') {
    return {
      embed: isFields(embed.media) ? kind(embed.media.$type) : 'other',
      quote: isFields(embed.record) ? uriOf(embed.record.record) : '',
    };
  }
  return { embed: kind(embed.$type), quote: '' };
}

function featuresOf(facets: unknown): { tags: unknown[]; mentions: unknown[] } {
  const features = listOf(facets)
    .flatMap((facet) => (isFields(facet) ? listOf(facet.features) : []))
    .filter(isFields);
  const having = (type: string) => features.filter((feature) => feature.$type === `app.bsky.richtext.facet#${type}`);
  return {
    tags: having('tag').map((feature) => feature.tag),
    mentions: having('mention').map((feature) => feature.did),
  };
}

function uriOf(ref: unknown): string {
  return isFields(ref) && isAtUri(ref.uri) ? ref.uri : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The first 64 distinct ones. */
function firstOnes(list: readonly string[]): readonly string[] {
  return [...new Set(list)].slice(0, 64);
}
