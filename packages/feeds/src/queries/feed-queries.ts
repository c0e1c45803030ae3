import {
  type ClickHouse,
  type KeepPosts,
  type LabelledPostsQuery,
  labelledPostQuery,
  labelledPosts,
  type PostQuery,
  type RankingQuery,
  rankedPostQuery,
  rankPosts,
} from '@updraft/store';
import type { QueriedFeed } from '../feed.ts';

/** Runs a feed's query as of `asOfMs`: uris of posts that `keep` keeps, best first. */
export async function runFeedQuery(
  clickhouse: ClickHouse,
  feed: QueriedFeed,
  asOfMs: number,
  keep: KeepPosts | undefined,
): Promise<string[]> {
  const described = describeQuery(feed, asOfMs);
  if (described.kind === 'labelled') return labelledPosts(clickhouse, described.query, keep);
  const ranked = await rankPosts(clickhouse, described.query, keep);
  return ranked.map(({ uri }) => uri);
}

/** The same query, for the explanation of a post. */
export function postQueryOf(clickhouse: ClickHouse, feed: QueriedFeed, asOfMs: number): PostQuery {
  const described = describeQuery(feed, asOfMs);
  return described.kind === 'labelled'
    ? labelledPostQuery(described.query)
    : rankedPostQuery(clickhouse, described.query);
}

type DescribedQuery =
  | { readonly kind: 'labelled'; readonly query: LabelledPostsQuery }
  | { readonly kind: 'ranked'; readonly query: RankingQuery };

function describeQuery(feed: QueriedFeed, asOfMs: number): DescribedQuery {
  const filter = { replies: feed.replies, mediaOnly: feed.mediaOnly, languages: feed.languages };
  const extent = { asOfMs, windowMs: feed.window, perAuthor: feed.perAuthor, size: feed.size };
  if (feed.kind === 'author-label') return { kind: 'labelled', query: { ...filter, ...extent, label: feed.label } };
  const query = {
    ...filter,
    ...extent,
    minimumAgeMs: feed.minimumAge,
    minimumLikes: feed.minimumLikes,
    gravity: feed.kind === 'hot' ? feed.gravity : undefined,
    weights: feed.weights,
  };
  return { kind: 'ranked', query };
}
