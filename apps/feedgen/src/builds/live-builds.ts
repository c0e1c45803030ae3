import { every } from '@updraft/service';
import type { Bus } from '../bus.ts';
import { type Build, createBuildThawer, type StoredBuild } from './build.ts';
import { type BuildStore, KEEP_BUILDS_MS } from './build-store.ts';

/** The builds that this instance serves from memory. */
export interface LiveBuilds {
  /** The feed's newest build; undefined before its first. */
  current(alias: string): Build | undefined;
  /** A build by its id, from memory or, when it was made before this instance started, from Redis. */
  find(alias: string, id: string): Promise<Build | undefined>;
  /** A build from memory. */
  get(alias: string, id: string): Build | undefined;
  /** Takes a new build up, unless a newer one is there. */
  adopt(alias: string, build: StoredBuild): void;
  /** Every build in memory, newest first. */
  all(): Build[];
  /** Follows the other instances' builds until the signal aborts; resolves once the current builds were looked for. */
  start(signal: AbortSignal): Promise<void>;
}

export interface LiveBuildsOptions {
  feeds: Iterable<{ alias: string; pinned: readonly string[] }>;
  store: BuildStore;
  bus: Bus;
  onError: (error: unknown) => void;
  now?: () => number;
  keepMs?: number;
  /** Old builds of a feed kept in memory, however often it is rebuilt; they share their posts. */
  maxBuilds?: number;
  pollMs?: number;
}

export function createLiveBuilds(options: LiveBuildsOptions): LiveBuilds {
  const { store, bus, onError, pollMs = 5_000 } = options;
  const shelves = new Map([...options.feeds].map((feed) => [feed.alias, createShelf(feed.pinned, options)]));

  async function take(alias: string, id: string): Promise<void> {
    const shelf = shelves.get(alias);
    if (shelf === undefined || shelf.get(id) !== undefined) return;
    const stored = await store.load(alias, id);
    if (stored !== undefined) shelf.adopt(stored);
  }

  async function poll(): Promise<void> {
    await Promise.all(
      [...shelves.keys()].map(async (alias) => {
        const id = await store.currentId(alias);
        if (id !== undefined) await take(alias, id);
      }),
    );
  }

  return {
    current: (alias) => shelves.get(alias)?.current(),
    get: (alias, id) => shelves.get(alias)?.get(id),
    find: async (alias, id) => {
      const shelf = shelves.get(alias);
      const known = shelf?.get(id);
      if (known !== undefined || shelf === undefined) return known;
      const stored = await within(LOAD_WAIT_MS, store.load(alias, id)).catch(onError);
      return stored === undefined ? undefined : shelf.keep(stored);
    },
    adopt: (alias, build) => shelves.get(alias)?.adopt(build),
    all: () => [...shelves.values()].flatMap((shelf) => shelf.all()),
    start: async (signal) => {
      bus.listen((news) => {
        if (news.kind === 'build') take(news.alias, news.id).catch(onError);
      });
      await poll().catch(onError);
      void every(pollMs, signal, poll, onError);
    },
  };
}

/** A reader waits no longer than this for Redis: the build counts as gone then. */
const LOAD_WAIT_MS = 300;

async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The builds of one feed. */
function createShelf(pinned: readonly string[], options: LiveBuildsOptions) {
  const { now = Date.now, keepMs = KEEP_BUILDS_MS, maxBuilds = 2_000 } = options;
  const thaw = createBuildThawer(pinned);
  /** Oldest first. */
  const builds = new Map<string, { build: Build; replacedAt: number }>();
  let current: Build | undefined;

  function prune(): void {
    for (const [id, { build, replacedAt }] of builds) {
      const isOver = build !== current && (now() - replacedAt >= keepMs || builds.size > maxBuilds);
      if (isOver) builds.delete(id);
    }
  }

  return {
    current: () => current,
    get: (id: string) => builds.get(id)?.build,
    all: () => [...builds.values()].map(({ build }) => build).toReversed(),
    adopt: (stored: StoredBuild) => {
      if (builds.has(stored.id) || (current !== undefined && stored.asOfMs <= current.asOfMs)) return;
      const last = current === undefined ? undefined : builds.get(current.id);
      if (last !== undefined) last.replacedAt = now();
      current = thaw(stored);
      builds.set(current.id, { build: current, replacedAt: Number.POSITIVE_INFINITY });
      prune();
    },
    /** Keeps an old build for the rest of its life, for readers who came here from another instance. */
    keep: (stored: StoredBuild): Build => {
      const build = thaw(stored);
      builds.set(build.id, { build, replacedAt: now() });
      prune();
      return build;
    },
  };
}
