import type { BuildStore, Pin, StoredBuild } from '@updraft/feeds';
import { every, type Logger } from '@updraft/service';
import type { Bus } from '../bus.ts';
import { within } from '../within.ts';
import type { Build } from './build.ts';
import { createFeedBuilds, type FeedBuilds } from './feed-builds.ts';

/** The builds that this instance serves from memory. */
export interface LiveBuilds {
  /** The feed's newest build; undefined before its first. */
  current(alias: string): Build | undefined;
  /** The feed's newest build without its pins; undefined before the first. */
  unpinned(alias: string): Build | undefined;
  /** A build by its id, from memory or from Redis: one that was made before this instance started, or an older one of another instance. */
  find(alias: string, id: string): Promise<Build | undefined>;
  /** A build from memory. */
  get(alias: string, id: string): Build | undefined;
  /** Makes a build the current one, unless a newer one is there. */
  adopt(alias: string, build: StoredBuild): void;
  /** Every build in memory, by feed, without pins. */
  all(): Iterable<readonly [alias: string, builds: readonly Build[]]>;
  /** Posts of the feed's largest build in memory, without pins. */
  mostPosts(alias: string): number;
  /** Loads the current builds. */
  refresh(): Promise<void>;
  /** Follows the other instances' builds until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export interface LiveBuildsOptions {
  feeds: Iterable<{ alias: string; pinned: readonly Pin[] }>;
  store: BuildStore;
  bus: Bus;
  log: Logger;
}

const INTERVAL_MS = 5_000;
/** A reader waits no longer than this for Redis: the build counts as gone then. */
const LOAD_WAIT_MS = 300;

export function createLiveBuilds({ feeds, store, bus, log }: LiveBuildsOptions): LiveBuilds {
  const builds = new Map([...feeds].map((feed) => [feed.alias, createFeedBuilds(feed.pinned)]));
  const onError = (err: unknown) => log.warn({ err }, 'builds could not be loaded');

  async function load(alias: string, id: string | undefined): Promise<void> {
    const ofFeed = builds.get(alias);
    if (ofFeed === undefined || id === undefined || ofFeed.get(id) !== undefined) return;
    const stored = await store.load(alias, id);
    if (stored !== undefined) ofFeed.adopt(stored);
  }

  const refresh = async () => {
    const loadCurrent = async (alias: string) => load(alias, await store.currentId(alias));
    await Promise.all([...builds.keys()].map(loadCurrent));
  };

  bus.listen((news) => {
    if (news.kind === 'build') load(news.alias, news.id).catch(onError);
  });

  return {
    current: (alias) => builds.get(alias)?.current(),
    unpinned: (alias) => builds.get(alias)?.unpinned(),
    get: (alias, id) => builds.get(alias)?.get(id),
    find: (alias, id) => findBuild({ store, onError }, builds.get(alias), alias, id),
    adopt: (alias, build) => builds.get(alias)?.adopt(build),
    all: () => [...builds].map(([alias, ofFeed]) => [alias, ofFeed.all()] as const),
    mostPosts: (alias) => Math.max(0, ...(builds.get(alias)?.all() ?? []).map(({ posts }) => posts.length)),
    refresh,
    run: (signal) => every(INTERVAL_MS, signal, refresh, onError),
  };
}

/** From memory, or from Redis, which makes no reader wait for long. */
async function findBuild(
  { store, onError }: { store: BuildStore; onError: (err: unknown) => void },
  ofFeed: FeedBuilds | undefined,
  alias: string,
  id: string,
): Promise<Build | undefined> {
  const known = ofFeed?.get(id);
  if (known !== undefined || ofFeed === undefined) return known;
  const stored = await within(LOAD_WAIT_MS, store.load(alias, ofFeed.storedId(id))).catch(onError);
  return stored === undefined ? undefined : ofFeed.keep(stored, id);
}
