import type { QueriedFeed } from '@updraft/feeds';
import { type ClickHouse, type KeepPosts, labelledPosts, rankPosts } from '@updraft/store';

/** Runs a feed's query as of `asOfMs`: uris of posts that `keep` keeps, best first. */
export async function runFeedQuery(
  clickhouse: ClickHouse,
  feed: QueriedFeed,
  asOfMs: number,
  keep: KeepPosts,
): Promise<string[]> {
  const filter = { replies: feed.replies, mediaOnly: feed.mediaOnly, languages: feed.languages };
  const extent = { asOfMs, windowMs: feed.window, perAuthor: feed.perAuthor, size: feed.size };
  if (feed.kind === 'author-label') return labelledPosts(clickhouse, { ...filter, ...extent, label: feed.label }, keep);
  const ranking = {
    ...filter,
    ...extent,
    minimumAgeMs: feed.minimumAge,
    minimumLikes: feed.minimumLikes,
    gravity: feed.kind === 'hot' ? feed.gravity : undefined,
    weights: feed.weights,
  };
  const ranked = await rankPosts(clickhouse, ranking, keep);
  return ranked.map(({ uri }) => uri);
}
