import {
  authorsPostQuery,
  type ClickHouse,
  chosenPostQuery,
  chosenPosts,
  type KeepPosts,
  matchingPostQuery,
  matchingPosts,
  type PostQuery,
  postsOfAuthors,
  rankedPostQuery,
  rankPosts,
} from '@updraft/store';
import type { QueriedFeed } from '../feed.ts';
import { type DescribedQuery, describeQuery, type FeedQueryDeps } from './describe-query.ts';

/** Runs a feed's query as of `asOfMs`: uris of posts that `keep` keeps, best first. @throws PartNotBuiltError of a union */
export async function runFeedQuery(
  deps: FeedQueryDeps,
  feed: QueriedFeed,
  asOfMs: number,
  keep: KeepPosts,
): Promise<string[]> {
  const { clickhouse } = deps;
  const described = await describeQuery(deps, feed, asOfMs);
  switch (described.kind) {
    case 'authors':
      return postsOfAuthors(clickhouse, described.query, keep);
    case 'matching':
      return matchingPosts(clickhouse, described.query, keep);
    case 'chosen':
      return chosenPosts(clickhouse, described.query, keep);
    case 'ranked':
      return (await rankPosts(clickhouse, described.query, keep)).map(({ uri }) => uri);
    default:
      return [];
  }
}

/** The same query, for the explanation of a post. */
export function postQueryOf(clickhouse: ClickHouse, described: DescribedQuery): PostQuery {
  switch (described.kind) {
    case 'authors':
      return authorsPostQuery(described.query);
    case 'matching':
      return matchingPostQuery(described.query);
    case 'chosen':
      return chosenPostQuery(described.query);
    case 'ranked':
      return rankedPostQuery(clickhouse, described.query);
    default:
      return NO_QUERY;
  }
}

const NO_QUERY: PostQuery = {
  rules: [],
  params: {},
  perAuthor: undefined,
  order: async (posts) => posts.map((post) => ({ post, hasEnough: true })),
};
