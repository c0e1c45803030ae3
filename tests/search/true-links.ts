import type { GroundTruth } from '@updraft/simulator';

/** A record that shows and links somewhere, as the ground truth has it. */
export interface TrueLink {
  readonly kind: string;
  readonly target: string;
  readonly uri: string;
  readonly did: string;
}

/** All links that show. No tables, no index, no tokens: the records alone. */
export function linksThatShow(truth: GroundTruth): TrueLink[] {
  const links: TrueLink[] = [];
  const add = (kind: string, did: string, uri: string, target: unknown) => {
    if (typeof target === 'string' && target !== '') links.push({ kind, target, uri, did });
  };
  const shows = (uri: string) => {
    const record = truth.records.get(uri);
    return record !== undefined && truth.shows(record);
  };
  for (const [table, kind, collection, subject] of SUBJECTS) {
    for (const row of truth.rows(table)) {
      const [did, rkey] = [String(row['actor_did']), String(row['rkey'])];
      const uri = `at://${did}/${collection}/${rkey}`;
      if (shows(uri)) add(kind, did, uri, row[subject]);
    }
  }
  for (const row of truth.rows('posts')) {
    const did = String(row['did']);
    const uri = `at://${did}/app.bsky.feed.post/${String(row['rkey'])}`;
    if (!shows(uri)) continue;
    add('quote', did, uri, row['quote_uri']);
    add('reply', did, uri, row['parent_uri']);
    add('thread', did, uri, row['root_uri']);
    for (const target of row['mentions'] as string[]) add('mention', did, uri, target);
    for (const target of pagesOf(truth.records.get(uri)?.commit.record)) add('link', did, uri, target);
  }
  for (const [uri, record] of truth.records) {
    const { did, collection, record: item } = record.commit;
    if (collection !== 'app.bsky.graph.listitem' || !truth.shows(record) || !isObject(item)) continue;
    if (typeof item['list'] === 'string' && item['list'] !== '') add('list', did, uri, item['subject']);
  }
  return links;
}

const SUBJECTS = [
  ['likes', 'like', 'app.bsky.feed.like', 'subject_uri'],
  ['reposts', 'repost', 'app.bsky.feed.repost', 'subject_uri'],
  ['follows', 'follow', 'app.bsky.graph.follow', 'subject_did'],
  ['blocks', 'block', 'app.bsky.graph.block', 'subject_did'],
] as const;

/** The web addresses of a post, each once. */
function pagesOf(record: unknown): Set<string> {
  const post = isObject(record) ? record : {};
  const features = listOf(post['facets']).flatMap((facet) => (isObject(facet) ? listOf(facet['features']) : []));
  const written = features
    .filter(isObject)
    .filter((feature) => feature['$type'] === 'app.bsky.richtext.facet#link')
    .map((feature) => feature['uri']);
  return new Set([...written, cardOf(post['embed'])].filter(isAddress));
}

function cardOf(embed: unknown): unknown {
  if (!isObject(embed)) return undefined;
  if (embed['$type'] === 'app.bsky.embed.recordWithMedia') return cardOf(embed['media']);
  const { external } = embed;
  return embed['$type'] === 'app.bsky.embed.external' && isObject(external) ? external['uri'] : undefined;
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && /^https:\/\/\w+\.(?:example|com)\//.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
