/** A kind of link: which records have it, and where in them. */
export interface LinkKind {
  readonly collection: string;
  /** Where the record has it, as services for backlinks write it. */
  readonly path: string;
  /** What it leads to: a record (at-uri), an account (DID) or a web page (address). */
  readonly to: LinkTarget;
  readonly table: 'record_rows' | 'post_rows' | 'list_items';
  /** A condition on rows of the table that an index answers. `{target:String}` is the target, `{mark:String}` its mark among a post's tokens. */
  readonly isLink: string;
}

export type LinkTarget = 'record' | 'account' | 'page';

const LINKS = {
  like: subjectOf('app.bsky.feed.like', '.subject.uri', 'record'),
  repost: subjectOf('app.bsky.feed.repost', '.subject.uri', 'record'),
  quote: ofPost('.embed.record.uri', 'record', isUri('quote_uri')),
  reply: ofPost('.reply.parent.uri', 'record', isUri('parent_uri')),
  thread: ofPost('.reply.root.uri', 'record', isUri('root_uri')),
  follow: subjectOf('app.bsky.graph.follow', '.subject', 'account'),
  block: subjectOf('app.bsky.graph.block', '.subject', 'account'),
  list: {
    collection: 'app.bsky.graph.listitem',
    path: '.subject',
    to: 'account',
    table: 'list_items',
    isLink: `sipHash64(subject_did) = sipHash64({target:String}) AND subject_did = {target:String}`,
  },
  mention: ofPost(
    '.facets[].features[app.bsky.richtext.facet#mention].did',
    'account',
    'hasAll(tokens, [{mark:String}]) AND has(mentions, {target:String})',
  ),
  link: ofPost('.facets[].features[app.bsky.richtext.facet#link].uri', 'page', 'hasAll(tokens, [{mark:String}])'),
} as const satisfies Readonly<Record<string, LinkKind>>;

/** The kinds of links, by what people call them. */
export const LINK_KINDS: Readonly<Record<LinkKindName, LinkKind>> = LINKS;
export type LinkKindName = keyof typeof LINKS;
export const LINK_KIND_NAMES = Object.keys(LINKS) as readonly LinkKindName[];

function subjectOf(collection: string, path: string, to: LinkTarget): LinkKind {
  const isLink = `collection = '${collection}' AND subject_key = sipHash64({target:String})`;
  return { collection, path, to, table: 'record_rows', isLink };
}

function ofPost(path: string, to: LinkTarget, isLink: string): LinkKind {
  return { collection: 'app.bsky.feed.post', path, to, table: 'post_rows', isLink };
}

/** The hash alone is in an index (migration 0018). */
function isUri(column: string): string {
  return `sipHash64(${column}) = sipHash64({target:String}) AND ${column} = {target:String}`;
}
