import { parseAtUri } from '@updraft/atproto';
import { type ClickHouse, readPostSubjects, readWishes } from '@updraft/store';
import { LRUCache } from 'lru-cache';
import { topicsOf } from './topics.ts';
import { type Wish, wishWeights } from './wish-weights.ts';

/**
 * What viewers asked for less or more of. Costs two look-ups by key, and nothing for a minute for whoever has asked for nothing. Rejects when
 * ClickHouse can't be read.
 */
export interface Wishes {
  /** By which factors the scores of these posts are multiplied for the viewer: 1/16 to 4, and 1 for those that no wish is about. */
  factors(viewerDid: string, uris: readonly string[]): Promise<(uri: string) => number>;
  /** The accounts of which the viewer wants less. */
  lowered(viewerDid: string): Promise<ReadonlySet<string>>;
}

const GOOD_FOR_MS = 60_000;
const MAX_VIEWERS = 2_000;
/** Of further posts only the author is known. */
const MAX_POSTS = 2_000;

export function createWishes(clickhouse: ClickHouse): Wishes {
  const known = new LRUCache<string, Promise<readonly Wish[]>>({ max: MAX_VIEWERS, ttl: GOOD_FOR_MS });

  function wishesOf(viewerDid: string): Promise<readonly Wish[]> {
    const before = known.get(viewerDid);
    if (before !== undefined) return before;
    const read = readViewer(clickhouse, viewerDid);
    known.set(viewerDid, read);
    read.catch(() => known.delete(viewerDid)); // its caller gets the rejection
    return read;
  }

  return {
    factors: async (viewerDid, uris) => {
      const wishes = await wishesOf(viewerDid);
      if (wishes.length === 0) return () => 1;
      const hasTopics = wishes.some(({ topics }) => topics.length > 0);
      const topics = await readTopics(clickhouse, hasTopics ? uris.slice(0, MAX_POSTS) : []);
      const weightOf = wishWeights(wishes, Date.now());
      return (uri) => weightOf({ author: authorOf(uri), topics: topics.get(uri) ?? [] });
    },
    lowered: async (viewerDid) => {
      const wishes = await wishesOf(viewerDid);
      const weightOf = wishWeights(wishes, Date.now());
      return new Set(wishes.map(({ author }) => author).filter((author) => weightOf({ author, topics: [] }) < 1));
    },
  };
}

async function readViewer(clickhouse: ClickHouse, viewerDid: string): Promise<Wish[]> {
  const wishes = await readWishes(clickhouse, viewerDid);
  const topics = await readTopics(
    clickhouse,
    wishes.map(({ item }) => item),
  );
  return wishes.map(({ item, isMore, receivedAt }) => ({
    isMore,
    atMs: receivedAt,
    author: authorOf(item),
    topics: topics.get(item) ?? [],
  }));
}

async function readTopics(
  clickhouse: ClickHouse,
  uris: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const posts = await readPostSubjects(clickhouse, uris);
  return new Map(posts.map((post) => [post.uri, topicsOf(post)]));
}

function authorOf(uri: string): string {
  return parseAtUri(uri)?.authority ?? '';
}
