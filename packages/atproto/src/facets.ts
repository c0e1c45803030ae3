import { isDid } from './identifiers.ts';
import { isJsonObject } from './json-object.ts';

/**
 * Tags and mentions of a post, each once and in order: `tags` of the record first, then the features of its facets.
 * Tags are lower-cased. Bounded, since a record may hold any number. Source: the lexicon app.bsky.richtext.facet.
 */
export function featuresOf(facets: unknown, recordTags: unknown): { tags: string[]; mentions: string[] } {
  const tags: string[] = [];
  const mentions: string[] = [];
  for (const tag of arrayOf(recordTags)) addTag(tags, tag);
  for (const facet of arrayOf(facets)) {
    if (!isJsonObject(facet)) continue;
    for (const feature of arrayOf(facet.features)) {
      if (!isJsonObject(feature)) continue;
      if (feature.$type === 'app.bsky.richtext.facet#tag') addTag(tags, feature.tag);
      else if (feature.$type === 'app.bsky.richtext.facet#mention') addMention(mentions, feature.did);
    }
  }
  return { tags, mentions };
}

const MAX_KEPT = 64;
const MAX_TAG_LENGTH = 640;

function addTag(tags: string[], tag: unknown): void {
  if (tags.length === MAX_KEPT || typeof tag !== 'string' || tag.length > MAX_TAG_LENGTH || tag === '') return;
  const lower = tag.toLowerCase();
  if (!tags.includes(lower)) tags.push(lower);
}

function addMention(mentions: string[], did: unknown): void {
  if (mentions.length === MAX_KEPT || typeof did !== 'string' || !isDid(did)) return;
  if (!mentions.includes(did)) mentions.push(did);
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
