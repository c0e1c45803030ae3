import { parsePostQuery } from '@updraft/atproto';
import { type ClickHouse, type PostSearch, queryFilter } from '@updraft/store';
import type { QueriedFeed } from '../feed.ts';

export type SearchFeed = Extract<QueriedFeed, { kind: 'search' }>;

/** What the feed looks for, with its accounts looked up; undefined when no post can match. */
export async function postSearch(clickhouse: ClickHouse, feed: SearchFeed): Promise<PostSearch | undefined> {
  const query = parsePostQuery(feed.query);
  const filter = await queryFilter(clickhouse, query);
  if (filter === undefined) return undefined;
  const authors = feed.authors === undefined ? undefined : { label: feed.authors };
  return { filter, pattern: feed.pattern, sinceMs: query.sinceMs, untilMs: query.untilMs, authors };
}
