import type { ClickHouse } from '../../clickhouse/types.ts';
import { string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { type FeedFilter, type KeepPosts, keptOf, windowParams } from '../fragments.ts';
import { allOf, filterRules, IN_WINDOW, type PostQuery, type PostRule } from '../post-rules.ts';
import { newestFirst } from './ranking.ts';

export interface LabelledPostsQuery extends FeedFilter {
  readonly label: string;
  readonly asOfMs: number;
  readonly windowMs: number;
  readonly perAuthor?: number | undefined;
  readonly size: number;
}

/** Uris of the posts of a label's members within the window, newest first. What `keep` leaves out doesn't count toward the size or an author's share. */
export async function labelledPosts(
  clickhouse: ClickHouse,
  query: LabelledPostsQuery,
  keep?: KeepPosts,
): Promise<string[]> {
  if (keep === undefined)
    return (await readPosts(clickhouse, query, query.size, query.perAuthor)).map(({ uri }) => uri);
  for (let limit = Math.ceil(query.size * 1.25) + 100; ; limit *= 2) {
    const found = await readPosts(clickhouse, query, limit, undefined);
    const shown = withinShares(await keptOf(found, keep), query.perAuthor).slice(0, query.size);
    if (found.length < limit || shown.length === query.size) return shown.map(({ uri }) => uri);
  }
}

interface LabelledPost {
  readonly uri: string;
  readonly did: string;
  readonly rowVersion: string;
}

const LABELLED_POST = shape<LabelledPost>({ uri: string, did: string, rowVersion: string });

function readPosts(
  clickhouse: ClickHouse,
  query: LabelledPostsQuery,
  limit: number,
  perAuthor: number | undefined,
): Promise<LabelledPost[]> {
  const sql = `
SELECT uri, did, toString(version) AS row_version
FROM post_rows FINAL
WHERE ${allOf(rulesOf(query))}
ORDER BY sort_at DESC, uri ASC
${perAuthor === undefined ? '' : 'LIMIT {perAuthor:UInt32} BY did'}
LIMIT {limit:UInt32}`;
  return clickhouse.query(sql, LABELLED_POST, { ...paramsOf(query), perAuthor: perAuthor ?? 0, limit });
}

/** What labelledPosts() selects, and in which order. */
export function labelledPostQuery(query: LabelledPostsQuery): PostQuery {
  return {
    rules: rulesOf(query),
    params: paramsOf(query),
    perAuthor: query.perAuthor,
    order: async (posts) => posts.toSorted(newestFirst).map((post) => ({ post, hasEnough: true })),
  };
}

function rulesOf(query: LabelledPostsQuery): PostRule[] {
  const isOfMember = 'did IN (SELECT actor_did FROM actor_labels FINAL WHERE label = {label:String})';
  return [IN_WINDOW, { name: 'author label', sql: isOfMember }, ...filterRules(query)];
}

function paramsOf({ asOfMs, windowMs, label, languages }: LabelledPostsQuery) {
  return { ...windowParams(asOfMs - windowMs, asOfMs), label, languages };
}

function withinShares(posts: readonly LabelledPost[], perAuthor = Number.POSITIVE_INFINITY): LabelledPost[] {
  const byAuthor = new Map<string, number>();
  return posts.filter(({ did }) => {
    const count = (byAuthor.get(did) ?? 0) + 1;
    byAuthor.set(did, count);
    return count <= perAuthor;
  });
}
