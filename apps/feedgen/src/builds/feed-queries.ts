import type { QueriedFeed } from '@updraft/feeds';
import { type ClickHouse, type KeepPosts, labelledPosts, rankPosts } from '@updraft/store';

/** Runs a feed's query as of `asOfMs`: uris, best first. `keepValid` keeps the posts whose records follow their lexicon. */
export async function runFeedQuery(
  { clickhouse, keepValid }: { clickhouse: ClickHouse; keepValid: (alias: string) => KeepPosts },
  feed: QueriedFeed,
  asOfMs: number,
): Promise<string[]> {
  const keep = feed.validOnly ? keepValid(feed.alias) : undefined;
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
