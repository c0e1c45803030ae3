import { type ClickHouse, labelledPosts, rankPosts } from '@updraft/store';
import type { QueriedFeed } from '../feeds-file/feed.ts';

/** Runs a feed's query as it stands at `asOfMs`: uris, best first. */
export async function runFeedQuery(clickhouse: ClickHouse, feed: QueriedFeed, asOfMs: number): Promise<string[]> {
  const filter = { replies: feed.replies, mediaOnly: feed.mediaOnly, languages: feed.languages };
  const extent = { asOfMs, windowMs: feed.window, perAuthor: feed.perAuthor, size: feed.size };
  if (feed.kind === 'author-label') return labelledPosts(clickhouse, { ...filter, ...extent, label: feed.label });
  const ranked = await rankPosts(clickhouse, {
    ...filter,
    ...extent,
    minimumAgeMs: feed.minimumAge,
    minimumLikes: feed.minimumLikes,
    gravity: feed.kind === 'hot' ? feed.gravity : undefined,
    weights: feed.weights,
  });
  return ranked.map(({ uri }) => uri);
}
