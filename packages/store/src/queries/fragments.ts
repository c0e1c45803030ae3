import type { QueryParams } from '../clickhouse/types.ts';
import { RECORD_SORT_AT_MS } from '../tables/record-rows.ts';

/** Pieces of SQL that queries share. They are for tables read with FINAL, and name columns without a prefix. */

/**
 * The post's time lies in the window that ends at as_of. Exact although only record_hour prunes: sort_at never exceeds
 * record_time. Posts whose rkey is not a TID have hour 0 and are left out.
 */
export const isPostInWindow = `record_hour >= {fromHour:UInt32}
    AND sort_at > fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
    AND sort_at <= fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')`;

/** The reply's key is of the window's first hour or later, and it is not from the future. */
export const isReplyCounted = `record_hour >= {fromHour:UInt32}
    AND sort_at <= fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')`;
/**
 * isReplyCounted for a like or a repost, which are rows of record_rows. Few keys are from the future, and a row of an hour has a TID: with LAZY_OR the second condition is
 * computed for those few only, which takes a third off a ranking.
 */
export const isLikeCounted = `record_hour >= {fromHour:UInt32}
    AND (rkey_tid < bitShiftLeft(toUInt64({toMs:Int64} + 1) * 1000, 10) OR ${RECORD_SORT_AT_MS} <= {toMs:Int64})`;
export const LAZY_OR = { short_circuit_function_evaluation: 'force_enable' } as const;

/** The parameters of all. */
export function windowParams(fromMs: number, toMs: number): { fromHour: number; fromMs: number; toMs: number } {
  return { fromHour: Math.floor(fromMs / 3_600_000), fromMs, toMs };
}

/**
 * A condition of a feed on a post: SQL on a row of post_rows that is read with FINAL. A build's query joins a feed's rules, and
 * explainPost() evaluates each of them for one post.
 */
export interface PostRule {
  readonly name: string;
  readonly sql: string;
}

/** Rules, with the parameters that they name. */
export interface PostRules {
  readonly rules: readonly PostRule[];
  readonly params: QueryParams;
}

/** A post's languages as codes without region, as SQL. */
export const LANGUAGES = "arrayMap(lang -> lower(splitByChar('-', lang)[1]), langs)";

/** Which posts a feed takes, besides their time. */
export interface FeedFilter {
  /** Whether it takes replies. */
  readonly replies: boolean;
  readonly mediaOnly: boolean;
  /** Language codes without region; none: all languages. */
  readonly languages: readonly string[];
  /** What else holds for its posts. */
  readonly also?: PostRules | undefined;
}

/** Picks posts by what SQL can't tell: gives the uris of those that stay. */
export type KeepPosts = (
  posts: readonly { readonly uri: string; readonly rowVersion: string }[],
) => Promise<ReadonlySet<string>>;

export async function keptOf<T extends { readonly uri: string; readonly rowVersion: string }>(
  posts: readonly T[],
  keep: KeepPosts | undefined,
): Promise<readonly T[]> {
  if (keep === undefined) return posts;
  const kept = await keep(posts);
  return posts.filter(({ uri }) => kept.has(uri));
}

/** Takes posts up to an author's share of them, in their order. */
export function createShares(perAuthor = Number.POSITIVE_INFINITY): (post: { readonly did: string }) => boolean {
  const byAuthor = new Map<string, number>();
  return ({ did }) => {
    const count = (byAuthor.get(did) ?? 0) + 1;
    byAuthor.set(did, count);
    return count <= perAuthor;
  };
}
