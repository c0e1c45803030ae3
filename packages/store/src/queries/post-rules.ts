import type { QueryParams } from '../clickhouse/types.ts';
import { isVisible } from '../tables/hidden-actors.ts';
import { type FeedFilter, isPostInWindow, LANGUAGES, type PostRule } from './fragments.ts';
import type { FoundPost, ScoreParts } from './ranking/ranking.ts';

/** What a kind of feed selects, and in which order: what a build and an explanation have in common. */
export interface PostQuery {
  readonly rules: readonly PostRule[];
  /** Of the rules. */
  readonly params: QueryParams;
  /** The most posts of one author. */
  readonly perAuthor: number | undefined;
  /** Only these posts, by uri; absent: all that the rules leave. */
  readonly among?: ReadonlySet<string>;
  /** Puts posts into the order of a build, best first, those with too few likes included. */
  order(posts: readonly FoundPost[]): Promise<readonly OrderedPost[]>;
}

export interface OrderedPost {
  readonly post: FoundPost;
  /** Of a ranking. */
  readonly score?: ScoreParts;
  /** Whether its likes suffice. */
  readonly hasEnough: boolean;
}

/** The post's time lies in the window that ends at as_of. */
export const IN_WINDOW: PostRule = { name: 'window', sql: isPostInWindow };

/** What every kind of feed may ask of a post; the parameters are filterParams(). */
export function filterRules(filter: FeedFilter): PostRule[] {
  const rules = [{ name: 'visible', sql: isVisible }];
  if (!filter.replies) rules.push({ name: 'replies', sql: "parent_uri = ''" });
  if (filter.mediaOnly) rules.push({ name: 'media', sql: 'has_embedded_media = 1' });
  if (filter.languages.length > 0) {
    const sql = `hasAny(${LANGUAGES}, {languages:Array(String)})`;
    rules.push({ name: 'languages', sql });
  }
  return [...rules, ...(filter.also?.rules ?? [])];
}

export function filterParams({ languages, also }: FeedFilter): QueryParams {
  return { languages, ...also?.params };
}

/** The condition that all of the rules hold, in their order: the most selective one comes first. */
export function allOf(rules: readonly PostRule[]): string {
  return rules.map(({ sql }) => sql).join('\n    AND ');
}
