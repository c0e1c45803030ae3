import { parseAtUri } from '@updraft/atproto';
import type { QueriedFeed } from '@updraft/feeds';
import {
  type ClickHouse,
  type Conditions,
  chosenPosts,
  type KeepPosts,
  listOf,
  matchingPosts,
  postsOfAuthors,
  rankPosts,
  searchConditions,
} from '@updraft/store';
import { PartNotBuiltError } from './part-not-built-error.ts';
import { postSearch, type SearchFeed } from './search-feed.ts';

export interface FeedQueryDeps {
  readonly clickhouse: ClickHouse;
  /** The posts of a feed's newest build, without its pins; undefined before the first. */
  readonly builtPosts: (alias: string) => readonly string[] | undefined;
  /** Asks for the repository of an account that the feed is about, where the index lacks it. */
  readonly needAccount: (did: string) => Promise<void>;
}

/** Runs a feed's query as of `asOfMs`: uris of posts that `keep` keeps, best first. @throws PartNotBuiltError of a union */
export async function runFeedQuery(
  deps: FeedQueryDeps,
  feed: QueriedFeed,
  asOfMs: number,
  keep: KeepPosts,
): Promise<string[]> {
  const run: Run = { ...deps, asOfMs, keep };
  switch (feed.kind) {
    case 'author-label':
      return postsOfAuthors(run.clickhouse, { ...extentOf(feed, asOfMs), authors: { label: feed.label } }, run.keep);
    case 'list':
      return postsOfList(run, feed);
    case 'search':
      return searched(run, feed);
    case 'union':
      return united(run, feed);
    default:
      return ranked(run, feed);
  }
}

interface Run extends FeedQueryDeps {
  readonly asOfMs: number;
  readonly keep: KeepPosts;
}

type Kind<K extends QueriedFeed['kind']> = Extract<QueriedFeed, { kind: K }>;

/** What the queries of all kinds take. */
function extentOf(feed: QueriedFeed, asOfMs: number) {
  const { replies, mediaOnly, languages, perAuthor, size } = feed;
  return { replies, mediaOnly, languages, perAuthor, size, asOfMs, windowMs: feed.window };
}

async function ranked(
  { clickhouse, keep, asOfMs }: Run,
  feed: Kind<'hot' | 'top'> | Extract<QueriedFeed, { order: 'hot' }>,
  also?: Conditions,
): Promise<string[]> {
  const query = {
    ...extentOf(feed, asOfMs),
    also,
    minimumAgeMs: feed.minimumAge,
    minimumLikes: feed.minimumLikes,
    gravity: feed.kind === 'top' ? undefined : feed.gravity,
    weights: feed.weights,
  };
  return (await rankPosts(clickhouse, query, keep)).map(({ uri }) => uri);
}

async function postsOfList({ clickhouse, keep, asOfMs, needAccount }: Run, feed: Kind<'list'>): Promise<string[]> {
  await needAccount(ownerOf(feed.list));
  const list = await listOf(clickhouse, feed.list);
  if (list === undefined) return [];
  await needAccount(ownerOf(list));
  return postsOfAuthors(clickhouse, { ...extentOf(feed, asOfMs), authors: { list } }, keep);
}

const ownerOf = (uri: string): string => parseAtUri(uri)?.authority ?? '';

async function searched(run: Run, feed: SearchFeed): Promise<string[]> {
  const search = await postSearch(run.clickhouse, feed);
  if (search === undefined) return [];
  if (feed.order === 'hot') return ranked(run, feed, searchConditions(search));
  return matchingPosts(run.clickhouse, { ...extentOf(feed, run.asOfMs), search }, run.keep);
}

/** The posts of the parts' builds: those of each part are moderated as the part is. */
function united({ clickhouse, keep, asOfMs, builtPosts }: Run, feed: Kind<'union'>): Promise<string[]> {
  const parts = feed.feeds.map((alias) => {
    const posts = builtPosts(alias);
    if (posts === undefined) throw new PartNotBuiltError(alias);
    return posts;
  });
  const uris = [...new Set(interleaved(parts))];
  const order = feed.order === 'newest' ? 'newest' : 'as given';
  return chosenPosts(clickhouse, { ...extentOf(feed, asOfMs), uris, order }, keep);
}

/** The first of each part, then the second of each, and so on. */
function interleaved(parts: readonly (readonly string[])[]): string[] {
  const length = Math.max(...parts.map((part) => part.length));
  return Array.from({ length }, (_, place) => parts.flatMap((part) => part.slice(place, place + 1))).flat();
}
