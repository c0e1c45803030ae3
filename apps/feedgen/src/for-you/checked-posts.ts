import { keepForFeed, type LeftOut, type PersonalFeed, type Standings } from '@updraft/feeds';
import type { KeepPosts } from '@updraft/store';
import { LRUCache } from 'lru-cache';

export interface CheckedPostsOptions {
  /** Those of the posts that show, with the versions of their rows. */
  readonly visiblePosts: (uris: Iterable<string>) => Promise<ReadonlyMap<string, string>>;
  readonly standings: Standings;
  readonly keepValid: KeepPosts;
}

/** What the feed says of posts, whoever reads it. */
export interface Checked {
  readonly kept: ReadonlySet<string>;
  /** What moderation holds against others. */
  readonly leftOut: ReadonlyMap<string, LeftOut>;
}

/** As old as the look through live builds may be: see cuts.ts. */
const TTL_MS = 8_000;
const MAX_POSTS = 50_000;

interface Verdict {
  readonly isKept: boolean;
  readonly leftOut: LeftOut | undefined;
}

/**
 * Checks posts for all viewers of a feed: many get the same ones at the same time, so a verdict holds for some seconds. Rejects when it can't be
 * read how posts stand.
 */
export function createCheckedPosts(
  feed: PersonalFeed,
  { visiblePosts, standings, keepValid }: CheckedPostsOptions,
): (uris: readonly string[]) => Promise<Checked> {
  const verdicts = new LRUCache<string, Verdict>({ max: MAX_POSTS, ttl: TTL_MS });

  async function judge(uris: readonly string[]): Promise<void> {
    const leftOut = new Map<string, LeftOut>();
    const onLeftOut = (reasons: ReadonlyMap<string, LeftOut>): void => {
      for (const [uri, reason] of reasons) leftOut.set(uri, reason);
    };
    const visible = await visiblePosts(uris);
    const posts = [...visible].map(([uri, rowVersion]) => ({ uri, rowVersion }));
    const kept = await keepForFeed({ keepValid, standings, onLeftOut }, feed)(posts);
    for (const uri of uris) verdicts.set(uri, { isKept: kept.has(uri), leftOut: leftOut.get(uri) });
  }

  return async (uris) => {
    const given = new Map(uris.map((uri) => [uri, verdicts.get(uri)]));
    const unknown = uris.filter((uri) => given.get(uri) === undefined);
    if (unknown.length > 0) await judge(unknown);
    const kept = new Set<string>();
    const leftOut = new Map<string, LeftOut>();
    for (const uri of uris) {
      const verdict = given.get(uri) ?? verdicts.get(uri);
      if (verdict?.isKept === true) kept.add(uri);
      if (verdict?.leftOut !== undefined) leftOut.set(uri, verdict.leftOut);
    }
    return { kept, leftOut };
  };
}
