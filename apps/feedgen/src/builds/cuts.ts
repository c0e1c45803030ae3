import { every, type Logger } from '@updraft/service';
import type { Bus } from '../bus.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import type { FeedPost } from './build.ts';
import type { LiveBuilds } from './live-builds.ts';
import { oneAtATime } from './one-at-a-time.ts';

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
  live: Pick<LiveBuilds, 'all'>;
  /** Those of the posts that show now. */
  visiblePosts: (uris: Iterable<string>) => Promise<ReadonlySet<string>>;
  metrics: Pick<FeedgenMetrics, 'cuts'>;
  bus: Pick<Bus, 'listen'>;
  log: Logger;
  /** Tests shorten it. */
  cutsIntervalMs?: number;
}

/** Posts that one query looks up. */
const POSTS_PER_QUERY = 50_000;

/** Looks up every post of the builds in memory by its key, so a re-created post and a reactivated account come back. */
export function createCuts(options: CutsOptions): Cuts {
  const { live, visiblePosts, metrics, bus, log, cutsIntervalMs = 8_000 } = options;
  const onError = (err: unknown) => log.warn({ err }, 'live builds could not be checked');
  let hidden: ReadonlySet<string> = new Set();
  let version = 0;
  let checkedAt = Number.NEGATIVE_INFINITY;

  /** One at a time: the answer of an earlier check must not replace that of a later one. */
  const refresh = oneAtATime(async () => {
    const at = Date.now();
    const uris = [...postsOf(live)];
    const found = new Set(uris);
    for (let start = 0; start < uris.length; start += POSTS_PER_QUERY)
      for (const uri of await visiblePosts(uris.slice(start, start + POSTS_PER_QUERY))) found.delete(uri);
    if (found.symmetricDifference(hidden).size > 0) version += 1;
    hidden = found;
    checkedAt = at;
    metrics.cuts.set(hidden.size);
  });

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

function postsOf(live: Pick<LiveBuilds, 'all'>): Set<string> {
  const uris = new Set<string>();
  for (const build of live.all()) {
    for (const post of build.posts) if (!post.isPinned) uris.add(post.uri);
  }
  return uris;
}
