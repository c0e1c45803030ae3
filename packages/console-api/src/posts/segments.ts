import { isDid, isJsonObject } from '@updraft/atproto';
import type { Segment } from '../views/post-card.ts';
import { cutText } from './cut-text.ts';
import { webLink } from './web-link.ts';

/** Longer than any app lets one write: a record may hold a megabyte. */
const MAX_TEXT_LENGTH = 10_000;
const MAX_FACETS = 200;
const MAX_TAG_LENGTH = 640;

/**
 * A post's text in parts, with what a part leads to: `[{text: 'see '}, {text: 'example.com', link: 'https://example.com/'}]`. Together the
 * parts are the text. Facets that overlap an earlier one, lie outside of the text or cut a character are plain text, as are links that are
 * not http(s). Never throws. Source: the lexicon app.bsky.richtext.facet, whose places are bytes of UTF-8.
 */
export function segmentsOf(text: string, facets: unknown): Segment[] {
  const whole = text.toWellFormed();
  const shown = cutText(whole, MAX_TEXT_LENGTH);
  const bytes = Buffer.from(shown);
  const segments: Segment[] = [];
  let done = 0;
  const add = (end: number, feature: Feature = {}): void => {
    if (end > done) segments.push({ text: bytes.toString('utf8', done, end), ...feature });
    done = end;
  };
  for (const { start, end, feature } of facetsOf(facets)) {
    if (start < done || !isBoundary(bytes, start) || !isBoundary(bytes, end)) continue;
    add(start);
    add(end, feature);
  }
  add(bytes.length);
  return segments;
}

type Feature = Omit<Segment, 'text'>;

interface Facet {
  readonly start: number;
  readonly end: number;
  readonly feature: Feature;
}

/** The facets that say something, in the order of their places. */
function facetsOf(facets: unknown): Facet[] {
  if (!Array.isArray(facets)) return [];
  const read = facets.slice(0, MAX_FACETS).map(readFacet);
  return read.filter((facet) => facet !== undefined).toSorted((a, b) => a.start - b.start);
}

function readFacet(facet: unknown): Facet | undefined {
  if (!isJsonObject(facet) || !isJsonObject(facet.index) || !Array.isArray(facet.features)) return undefined;
  const { byteStart: start, byteEnd: end } = facet.index;
  if (!isPlace(start) || !isPlace(end) || end <= start) return undefined;
  const feature = facet.features
    .slice(0, MAX_FACETS)
    .map(readFeature)
    .find((each) => each !== undefined);
  return feature === undefined ? undefined : { start, end, feature };
}

function readFeature(feature: unknown): Feature | undefined {
  if (!isJsonObject(feature)) return undefined;
  const { $type, uri, did, tag } = feature;
  if ($type === 'app.bsky.richtext.facet#link') {
    const link = webLink(uri);
    return link === undefined ? undefined : { link };
  }
  if ($type === 'app.bsky.richtext.facet#mention')
    return typeof did === 'string' && isDid(did) ? { mention: did } : undefined;
  if ($type !== 'app.bsky.richtext.facet#tag') return undefined;
  return typeof tag === 'string' && tag !== '' && tag.length <= MAX_TAG_LENGTH ? { tag } : undefined;
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Whether a character of UTF-8 begins there, or the text ends. */
function isBoundary(bytes: Buffer, at: number): boolean {
  if (at >= bytes.length) return at === bytes.length;
  return ((bytes[at] ?? 0) & 0xc0) !== 0x80;
}
