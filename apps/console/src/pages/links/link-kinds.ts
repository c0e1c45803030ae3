/** The answer of GET /links/count. */
export interface LinkCountsAnswer {
  readonly target: string;
  readonly links: Readonly<Partial<Record<LinkKind, { readonly records: number; readonly distinct_dids: number }>>>;
}

/** A page of GET /links. */
export interface LinksPage {
  readonly linking_records: readonly LinkingRecord[];
  readonly cursor?: string;
}

export interface LinkingRecord {
  readonly uri: string;
  readonly did: string;
  /** Null where the record's key has no time. */
  readonly created_at: string | null;
}

export type LinkKind =
  | 'like'
  | 'repost'
  | 'quote'
  | 'reply'
  | 'thread'
  | 'follow'
  | 'block'
  | 'list'
  | 'mention'
  | 'link';

/** What the links of a kind are called, and whether they are posts. */
export const LINK_KINDS: Readonly<Record<LinkKind, { readonly title: string; readonly isPost?: true }>> = {
  like: { title: 'Likes' },
  repost: { title: 'Reposts' },
  quote: { title: 'Quotes', isPost: true },
  reply: { title: 'Replies', isPost: true },
  thread: { title: 'In its thread', isPost: true },
  follow: { title: 'Followers' },
  block: { title: 'Blocks' },
  list: { title: 'On lists' },
  mention: { title: 'Mentions', isPost: true },
  link: { title: 'Links in posts', isPost: true },
};
const NAMES = Object.keys(LINK_KINDS) as LinkKind[];

/** Those that lead to the target, in our order. */
export function kindsOf({ links }: LinkCountsAnswer): LinkKind[] {
  return NAMES.filter((kind) => links[kind] !== undefined);
}

/** Who blocks is counted and not listed. */
export function isListed(kind: LinkKind): boolean {
  return kind !== 'block';
}

/** The kind that is asked for, or the one with the most links that can be listed. */
export function chosenKind(answer: LinkCountsAnswer, asked: string | undefined): LinkKind | undefined {
  const listed = kindsOf(answer).filter(isListed);
  const [most] = listed.toSorted((a, b) => recordsOf(answer, b) - recordsOf(answer, a));
  return listed.find((kind) => kind === asked) ?? most;
}

function recordsOf({ links }: LinkCountsAnswer, kind: LinkKind): number {
  return links[kind]?.records ?? 0;
}
