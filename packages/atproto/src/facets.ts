import { isDid } from './identifiers.ts';
import { isJsonObject } from './json-object.ts';

/**
 * Tags, mentions and addresses of links of a post, each once and in order: `tags` of the record first, then the features of its facets.
 * Tags are lower-cased. Bounded, since a record may hold any number. Source: the lexicon app.bsky.richtext.facet.
 */
export function featuresOf(
  facets: unknown,
  recordTags: unknown,
): { tags: string[]; mentions: string[]; links: string[] } {
  const tags: string[] = [];
  const mentions: string[] = [];
  const links: string[] = [];
  for (const tag of arrayOf(recordTags)) addTag(tags, tag);
  for (const facet of arrayOf(facets)) {
    if (!isJsonObject(facet)) continue;
    for (const feature of arrayOf(facet.features)) {
      if (!isJsonObject(feature)) continue;
      if (feature.$type === 'app.bsky.richtext.facet#tag') addTag(tags, feature.tag);
      else if (feature.$type === 'app.bsky.richtext.facet#mention') addMention(mentions, feature.did);
      else if (feature.$type === 'app.bsky.richtext.facet#link') addLink(links, feature.uri);
    }
  }
  return { tags, mentions, links };
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

function addLink(links: string[], uri: unknown): void {
  if (links.length === MAX_KEPT || typeof uri !== 'string' || links.includes(uri)) return;
  links.push(uri);
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
