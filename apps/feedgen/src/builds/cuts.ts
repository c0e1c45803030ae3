import { leftOutBy, type ModeratedFeed, type QueriedFeed, type Standings } from '@updraft/feeds';
import { every, type Logger } from '@updraft/service';
import type { Bus } from '../bus.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import type { FeedPost } from './build.ts';
import type { LiveBuilds } from './live-builds.ts';
import { oneAndTheNext } from './one-at-a-time.ts';

/** The posts of live builds that no longer show: deleted since, of accounts that went inactive, or against the rules of their feed. */
export interface Cuts {
  isCut(post: FeedPost, alias: string): boolean;
  /** Changes whenever isCut answers differently for some post. */
  version(): number;
  /** Checks every few seconds until the signal aborts. A failed check leaves the last answer. */
  run(signal: AbortSignal): Promise<void>;
  /** Milliseconds since the last check; Infinity before the first. */
  age(): number;
}

export interface CutsOptions {
  feeds: readonly QueriedFeed[];
  live: Pick<LiveBuilds, 'all'>;
  /** Those of the posts that show now, with the versions of their rows. */
  visiblePosts: (uris: Iterable<string>) => Promise<ReadonlyMap<string, string>>;
  standings: Standings;
  metrics: Pick<FeedgenMetrics, 'cuts'>;
  bus: Pick<Bus, 'listen'>;
  log: Logger;
  /** Tests shorten it. */
  cutsIntervalMs?: number;
}

/** Posts that one query looks up. */
const POSTS_PER_QUERY = 50_000;

/** Looks up every post of the builds in memory by its key, so a re-created post, a reactivated account and a post whose label went come back. */
export function createCuts(options: CutsOptions): Cuts {
  const { feeds, live, metrics, bus, log, cutsIntervalMs = 8_000 } = options;
  const onError = (err: unknown) => log.warn({ err }, 'live builds could not be checked');
  let cut: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  let version = 0;
  let checkedAt = Number.NEGATIVE_INFINITY;

  /** One at a time: the answer of an earlier check must not replace that of a later one. */
  const refresh = oneAndTheNext(async () => {
    const at = Date.now();
    const posts = postsOf(live);
    const shown = await whatShows([...new Set([...posts.values()].flatMap((ofFeed) => [...ofFeed]))], options);
    const found = new Map(feeds.map((feed) => [feed.alias, cutsOf(feed, posts.get(feed.alias) ?? new Set(), shown)]));
    if (differ(found, cut)) version += 1;
    cut = found;
    checkedAt = at;
    metrics.cuts.set([...found.values()].reduce((all, ofFeed) => all.union(ofFeed), new Set()).size);
  });

  // Accounts were erased: their posts leave the builds at once.
  bus.listen((news) => {
    if (news.kind === 'erased') refresh().catch(onError);
  });

  return {
    isCut: (post, alias) => !post.isPinned && cut.get(alias)?.has(post.uri) === true,
    version: () => version,
    run: (signal) => every(cutsIntervalMs, signal, refresh, onError),
    age: () => Date.now() - checkedAt,
  };
}

/** The posts of each feed's builds. */
function postsOf(live: Pick<LiveBuilds, 'all'>): Map<string, Set<string>> {
  const posts = new Map<string, Set<string>>();
  for (const [alias, builds] of live.all()) {
    const uris = new Set<string>();
    for (const build of builds) for (const post of build.posts) if (!post.isPinned) uris.add(post.uri);
    posts.set(alias, uris);
  }
  return posts;
}

export type Shown = Awaited<ReturnType<Standings>>;

/** How those of the posts stand that show at all. */
export async function whatShows(
  uris: readonly string[],
  { visiblePosts, standings }: Pick<CutsOptions, 'visiblePosts' | 'standings'>,
): Promise<Shown> {
  const visible: { readonly uri: string; readonly rowVersion: string }[] = [];
  for (let start = 0; start < uris.length; start += POSTS_PER_QUERY)
    for (const [uri, rowVersion] of await visiblePosts(uris.slice(start, start + POSTS_PER_QUERY)))
      visible.push({ uri, rowVersion });
  return standings(visible);
}

/** Those of the posts that no longer belong into the feed. */
export function cutsOf(feed: ModeratedFeed, uris: Iterable<string>, shown: Shown): Set<string> {
  const cut = new Set<string>();
  for (const uri of uris) {
    const standing = shown.get(uri);
    if (standing === undefined || leftOutBy(feed, standing) !== undefined) cut.add(uri);
  }
  return cut;
}

type CutsByFeed = ReadonlyMap<string, ReadonlySet<string>>;

function differ(found: CutsByFeed, known: CutsByFeed): boolean {
  return [...found].some(([alias, uris]) => (known.get(alias) ?? new Set()).symmetricDifference(uris).size > 0);
}
