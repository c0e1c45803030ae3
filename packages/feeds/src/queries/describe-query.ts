import { parseAtUri } from '@updraft/atproto';
import {
  type AuthorsPostsQuery,
  type ChosenPostsQuery,
  type ClickHouse,
  listOf,
  type MatchingPostsQuery,
  type PostRules,
  type RankingQuery,
  searchRules,
} from '@updraft/store';
import type { QueriedFeed } from '../feed.ts';
import { PartNotBuiltError } from './part-not-built-error.ts';
import { postSearch, type SearchFeed } from './search-feed.ts';

export interface FeedQueryDeps {
  readonly clickhouse: ClickHouse;
  /** The posts of a feed's newest build, without its pins; undefined before the first. */
  readonly builtPosts: (alias: string) => BuiltPosts | Promise<BuiltPosts>;
  /** Asks for the repository of an account that the feed is about, where the index lacks it. */
  readonly needAccount: (did: string) => Promise<void>;
}

type BuiltPosts = readonly string[] | undefined;

/** What a feed asks of the store. A kind of the store's queries has a line in runFeedQuery() and one in postQueryOf(). */
export type DescribedQuery =
  | { readonly kind: 'authors'; readonly query: AuthorsPostsQuery }
  | { readonly kind: 'matching'; readonly query: MatchingPostsQuery }
  | { readonly kind: 'chosen'; readonly query: ChosenPostsQuery }
  | { readonly kind: 'ranked'; readonly query: RankingQuery }
  /** No post can be in the feed: the rule that none passes, and why. */
  | { readonly kind: 'nothing'; readonly rule: string; readonly why: string };

/** A feed's query as of `asOfMs`. @throws PartNotBuiltError of a union */
export async function describeQuery(deps: FeedQueryDeps, feed: QueriedFeed, asOfMs: number): Promise<DescribedQuery> {
  switch (feed.kind) {
    case 'author-label':
      return { kind: 'authors', query: { ...extentOf(feed, asOfMs), authors: { label: feed.label } } };
    case 'list':
      return listed(deps, feed, asOfMs);
    case 'search':
      return searched(deps, feed, asOfMs);
    case 'union':
      return united(deps, feed, asOfMs);
    default:
      return ranked(feed, asOfMs);
  }
}

type Kind<K extends QueriedFeed['kind']> = Extract<QueriedFeed, { kind: K }>;

/** What the queries of all kinds take. */
function extentOf(feed: QueriedFeed, asOfMs: number) {
  const { replies, mediaOnly, languages, perAuthor, size } = feed;
  return { replies, mediaOnly, languages, perAuthor, size, asOfMs, windowMs: feed.window };
}

function ranked(
  feed: Kind<'hot' | 'top'> | Extract<QueriedFeed, { order: 'hot' }>,
  asOfMs: number,
  also?: PostRules,
): DescribedQuery {
  const query = {
    ...extentOf(feed, asOfMs),
    also,
    minimumAgeMs: feed.minimumAge,
    minimumLikes: feed.minimumLikes,
    gravity: feed.kind === 'top' ? undefined : feed.gravity,
    weights: feed.weights,
  };
  return { kind: 'ranked', query };
}

async function listed(
  { clickhouse, needAccount }: FeedQueryDeps,
  feed: Kind<'list'>,
  asOfMs: number,
): Promise<DescribedQuery> {
  await needAccount(ownerOf(feed.list));
  const list = await listOf(clickhouse, feed.list);
  if (list === undefined)
    return {
      kind: 'nothing',
      rule: 'list',
      why: `${feed.list} was deleted or its account is hidden, or the index does not have it`,
    };
  await needAccount(ownerOf(list));
  return { kind: 'authors', query: { ...extentOf(feed, asOfMs), authors: { list } } };
}

const ownerOf = (uri: string): string => parseAtUri(uri)?.authority ?? '';

async function searched({ clickhouse }: FeedQueryDeps, feed: SearchFeed, asOfMs: number): Promise<DescribedQuery> {
  const search = await postSearch(clickhouse, feed);
  if (search === undefined) return { kind: 'nothing', rule: 'search', why: `no post can match ${feed.query}` };
  if (feed.order === 'hot') return ranked(feed, asOfMs, searchRules(search));
  return { kind: 'matching', query: { ...extentOf(feed, asOfMs), search } };
}

/** The posts of the parts' builds: those of each part are moderated as the part is. */
async function united({ builtPosts }: FeedQueryDeps, feed: Kind<'union'>, asOfMs: number): Promise<DescribedQuery> {
  const parts = await Promise.all(
    feed.feeds.map(async (alias) => {
      const posts = await builtPosts(alias);
      if (posts === undefined) throw new PartNotBuiltError(alias);
      return posts;
    }),
  );
  const uris = [...new Set(interleaved(parts))];
  const order = feed.order === 'newest' ? 'newest' : 'as given';
  return { kind: 'chosen', query: { ...extentOf(feed, asOfMs), uris, order } };
}

/** The first of each part, then the second of each, and so on. */
function interleaved(parts: readonly (readonly string[])[]): string[] {
  const length = Math.max(...parts.map((part) => part.length));
  return Array.from({ length }, (_, place) => parts.flatMap((part) => part.slice(place, place + 1))).flat();
}
