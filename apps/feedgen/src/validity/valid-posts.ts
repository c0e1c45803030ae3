import type { KeepPosts, PostRecordRow } from '@updraft/store';
import { LRUCache } from 'lru-cache';
import type { FeedgenMetrics } from '../metrics.ts';

export interface ValidPostsOptions {
  /** The records of posts, in batches. */
  readRecords: (uris: Iterable<string>) => AsyncIterable<readonly PostRecordRow[]>;
  areValid: (records: readonly string[]) => Promise<boolean[]>;
  metrics: Pick<FeedgenMetrics, 'invalidPosts'>;
  onError: (error: unknown) => void;
}

interface Verdict {
  readonly rowVersion: string;
  readonly isValid: boolean;
}

/** Twice what ten large feeds hold. */
const MAX_VERDICTS = 100_000;
/** A missing record may still arrive. */
const ASK_AGAIN_MS = 10 * 60_000;

/**
 * For a feed's query: keeps the posts whose records follow their lexicon. Verdicts are remembered for each version of a record, so a build
 * validates only what is new to all feeds. A post stays whose record isn't there, or can't be judged now.
 */
export function createValidPosts(options: ValidPostsOptions): (alias: string) => KeepPosts {
  const { readRecords, areValid, metrics, onError } = options;
  const verdicts = new LRUCache<string, Verdict>({ max: MAX_VERDICTS });

  async function judge(posts: readonly { readonly uri: string; readonly rowVersion: string }[]): Promise<void> {
    for await (const rows of readRecords(posts.map(({ uri }) => uri))) {
      const judged = await areValid(rows.map(({ recordJson }) => recordJson));
      for (const [index, { uri, rowVersion }] of rows.entries())
        verdicts.set(uri, { rowVersion, isValid: judged[index] ?? true });
    }
    for (const { uri, rowVersion } of posts)
      if (!verdicts.has(uri)) verdicts.set(uri, { rowVersion, isValid: true }, { ttl: ASK_AGAIN_MS });
  }

  return (alias) => async (posts) => {
    const unknown = posts.filter(({ uri, rowVersion }) => verdicts.get(uri)?.rowVersion !== rowVersion);
    if (unknown.length > 0) await judge(unknown).catch(onError);
    const kept = posts.filter(({ uri }) => verdicts.get(uri)?.isValid !== false);
    metrics.invalidPosts.set({ feed: alias }, posts.length - kept.length);
    return new Set(kept.map(({ uri }) => uri));
  };
}
