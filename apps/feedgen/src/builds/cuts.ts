import { every } from '@updraft/service';
import type { FeedgenMetrics } from '../metrics.ts';
import type { FeedPost } from './build.ts';
import type { LiveBuilds } from './live-builds.ts';

/** Which posts of live builds no longer show: deleted since, or of accounts that went inactive. */
export interface Cuts {
  isCut(post: FeedPost): boolean;
  /** Changes whenever isCut answers differently for some post. */
  version(): number;
  /** Looks now. Rejects when nobody can be asked; then the last answer holds. */
  refresh(): Promise<void>;
  /** Looks every few seconds until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Milliseconds since the last look; Infinity before the first. */
  age(): number;
}

export interface CutsOptions {
  live: LiveBuilds;
  /** Those of the posts that show now. */
  visiblePosts: (uris: Iterable<string>) => Promise<ReadonlySet<string>>;
  metrics: Pick<FeedgenMetrics, 'cuts'>;
  onError: (error: unknown) => void;
  now?: () => number;
  intervalMs?: number;
  /** Posts asked for in one look, those of the newest builds first. */
  maxPosts?: number;
}

/** Every post of the builds in memory is looked up by its key: a re-created post and a reactivated account come back. */
export function createCuts(options: CutsOptions): Cuts {
  const { live, visiblePosts, metrics, onError, now = Date.now, intervalMs = 8_000, maxPosts = 50_000 } = options;
  let hidden: ReadonlySet<string> = new Set();
  let version = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function refresh(): Promise<void> {
    const at = now();
    const uris = postsOf(live, maxPosts);
    const visible = await visiblePosts(uris);
    const found = uris.difference(visible);
    if (found.symmetricDifference(hidden).size > 0) version += 1;
    hidden = found;
    lookedAt = at;
    metrics.cuts.set(hidden.size);
  }

  return {
    isCut: (post) => !post.isPinned && hidden.has(post.uri),
    version: () => version,
    refresh,
    run: (signal) => every(intervalMs, signal, refresh, onError),
    age: () => now() - lookedAt,
  };
}

function postsOf(live: LiveBuilds, max: number): Set<string> {
  const uris = new Set<string>();
  for (const build of live.all()) {
    for (const post of build.posts) {
      if (uris.size >= max) return uris;
      if (!post.isPinned) uris.add(post.uri);
    }
  }
  return uris;
}
