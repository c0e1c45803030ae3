import { every, type Logger } from '@updraft/service';
import type { Bus } from '../bus.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import type { FeedPost } from './build.ts';
import type { LiveBuilds } from './live-builds.ts';

/** The posts of live builds that no longer show: deleted since, or of accounts that went inactive. */
export interface Cuts {
  isCut(post: FeedPost): boolean;
  /** Changes whenever isCut answers differently for some post. */
  version(): number;
  /** Checks every few seconds until the signal aborts. A failed check leaves the last answer. */
  run(signal: AbortSignal): Promise<void>;
  /** Milliseconds since the last check; Infinity before the first. */
  age(): number;
}

export interface CutsOptions {
  live: LiveBuilds;
  /** Those of the posts that show now. */
  visiblePosts: (uris: Iterable<string>) => Promise<ReadonlySet<string>>;
  metrics: Pick<FeedgenMetrics, 'cuts'>;
  bus: Bus;
  log: Logger;
  /** Tests shorten it. */
  cutsIntervalMs?: number;
}

/** Posts that are looked up at once, those of the newest builds first. */
const MAX_POSTS = 50_000;

/** Looks up every post of the builds in memory by its key, so a re-created post and a reactivated account come back. */
export function createCuts(options: CutsOptions): Cuts {
  const { live, visiblePosts, metrics, bus, log, cutsIntervalMs = 8_000 } = options;
  const onError = (err: unknown) => log.warn({ err }, 'live builds could not be checked');
  let hidden: ReadonlySet<string> = new Set();
  let version = 0;
  let checkedAt = Number.NEGATIVE_INFINITY;

  async function refresh(): Promise<void> {
    const at = Date.now();
    const uris = postsOf(live);
    const visible = await visiblePosts(uris);
    const found = uris.difference(visible);
    if (found.symmetricDifference(hidden).size > 0) version += 1;
    hidden = found;
    checkedAt = at;
    metrics.cuts.set(hidden.size);
  }

  // Accounts were erased: their posts leave the builds at once.
  bus.listen((news) => {
    if (news.kind === 'erased') refresh().catch(onError);
  });

  return {
    isCut: (post) => !post.isPinned && hidden.has(post.uri),
    version: () => version,
    run: (signal) => every(cutsIntervalMs, signal, refresh, onError),
    age: () => Date.now() - checkedAt,
  };
}

function postsOf(live: LiveBuilds): Set<string> {
  const uris = new Set<string>();
  for (const build of live.all()) {
    for (const post of build.posts) {
      if (uris.size >= MAX_POSTS) return uris;
      if (!post.isPinned) uris.add(post.uri);
    }
  }
  return uris;
}
