import type { PersonalFeed } from '@updraft/feeds';
import { LRUCache } from 'lru-cache';
import type { Keeping } from '../moderation/keeping.ts';

export interface CheckedPostsOptions {
  /** Those of the posts that show, with the versions of their rows. */
  readonly visiblePosts: (uris: Iterable<string>) => Promise<ReadonlyMap<string, string>>;
  readonly keeping: Keeping;
}

/** Which posts the feed takes, for all its readers. */
export interface Checked {
  readonly kept: ReadonlySet<string>;
  /** Those that moderation left out. */
  readonly leftOut: ReadonlySet<string>;
}

type Verdict = 'kept' | 'left out' | 'gone';

/** As old as the look through live builds may be: see cuts.ts. */
const TTL_MS = 8_000;
const MAX_POSTS = 50_000;

/**
 * Checks posts for all viewers of a feed: many get the same ones at the same time, so a verdict holds for some seconds. Rejects when it can't be
 * read how posts stand.
 */
export function createCheckedPosts(
  feed: PersonalFeed,
  { visiblePosts, keeping }: CheckedPostsOptions,
): (uris: readonly string[]) => Promise<Checked> {
  const verdicts = new LRUCache<string, Verdict>({ max: MAX_POSTS, ttl: TTL_MS });

  async function judge(uris: readonly string[]): Promise<Map<string, Verdict>> {
    const visible = await visiblePosts(uris);
    const { keep, leftOut } = keeping(feed);
    const kept = await keep([...visible].map(([uri, rowVersion]) => ({ uri, rowVersion })));
    const held = new Set(leftOut());
    return new Map(uris.map((uri) => [uri, kept.has(uri) ? 'kept' : held.has(uri) ? 'left out' : 'gone']));
  }

  return async (uris) => {
    const known = new Map(uris.map((uri) => [uri, verdicts.get(uri)]));
    const unknown = uris.filter((uri) => known.get(uri) === undefined);
    const judged = unknown.length === 0 ? new Map<string, Verdict>() : await judge(unknown);
    for (const [uri, verdict] of judged) verdicts.set(uri, verdict);
    const withVerdict = (wanted: Verdict) =>
      new Set(uris.filter((uri) => (known.get(uri) ?? judged.get(uri)) === wanted));
    return { kept: withVerdict('kept'), leftOut: withVerdict('left out') };
  };
}
