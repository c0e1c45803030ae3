import { KEEP_BUILDS_MS, type StoredBuild } from '@updraft/feeds';
import { type Build, createBuildThawer } from './build.ts';

/** The builds of one feed in memory. */
export interface FeedBuilds {
  /** The newest; undefined before the first. */
  current(): Build | undefined;
  get(id: string): Build | undefined;
  all(): Build[];
  /** Makes a build the current one, unless a newer one is there. */
  adopt(stored: StoredBuild): void;
  /** Keeps an old build as long as a replaced one, for readers who came here from another instance. */
  keep(stored: StoredBuild): Build;
}

/** Old builds that are kept, however often the feed is rebuilt. They share their posts. */
const MAX_BUILDS = 2_000;

export function createFeedBuilds(pinned: readonly string[]): FeedBuilds {
  const thaw = createBuildThawer(pinned);
  /** Oldest first. */
  const builds = new Map<string, { build: Build; replacedAt: number }>();
  let current: Build | undefined;

  function prune(): void {
    for (const [id, { build, replacedAt }] of builds) {
      const isOver = build !== current && (Date.now() - replacedAt >= KEEP_BUILDS_MS || builds.size > MAX_BUILDS);
      if (isOver) builds.delete(id);
    }
  }

  return {
    current: () => current,
    get: (id) => builds.get(id)?.build,
    all: () => [...builds.values()].map(({ build }) => build),
    adopt: (stored) => {
      if (builds.has(stored.id) || (current !== undefined && stored.asOfMs <= current.asOfMs)) return;
      const last = current === undefined ? undefined : builds.get(current.id);
      if (last !== undefined) last.replacedAt = Date.now();
      current = thaw(stored);
      builds.set(current.id, { build: current, replacedAt: Number.POSITIVE_INFINITY });
      prune();
    },
    keep: (stored) => {
      const build = thaw(stored);
      builds.set(build.id, { build, replacedAt: Date.now() });
      prune();
      return build;
    },
  };
}
