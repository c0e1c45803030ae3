import { KEEP_BUILDS_MS, type Pin, type StoredBuild } from '@updraft/feeds';
import { type Build, createBuildThawer } from './build.ts';
import { createPinStates } from './pin-states.ts';

/** The builds of one feed in memory. */
export interface FeedBuilds {
  /** The newest, with the pins of this moment; undefined before the first. */
  current(): Build | undefined;
  /** The newest, without pins. */
  unpinned(): Build | undefined;
  get(id: string): Build | undefined;
  /** The id in Redis of a build that a cursor names. */
  storedId(id: string): string;
  /** Without pins. */
  all(): Build[];
  /** Makes a build the current one, unless a newer one is there. */
  adopt(stored: StoredBuild): void;
  /** Keeps an old build as long as a replaced one, for readers who came here from another instance. Gives the build of this id. */
  keep(stored: StoredBuild, id: string): Build;
}

/** Old builds that are kept, however often the feed is rebuilt. They share their posts. */
const MAX_BUILDS = 2_000;

export function createFeedBuilds(pinned: readonly Pin[]): FeedBuilds {
  const thaw = createBuildThawer();
  const pins = createPinStates(pinned);
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
    current: () => (current === undefined ? undefined : pins.current(current)),
    unpinned: () => current,
    get: (id) => {
      const build = builds.get(pins.storedId(id))?.build;
      return build === undefined ? undefined : pins.named(build, id);
    },
    storedId: pins.storedId,
    all: () => [...builds.values()].map(({ build }) => build),
    adopt: (stored) => {
      if (builds.has(stored.id) || (current !== undefined && stored.asOfMs <= current.asOfMs)) return;
      const last = current === undefined ? undefined : builds.get(current.id);
      if (last !== undefined) last.replacedAt = Date.now();
      current = thaw(stored);
      builds.set(current.id, { build: current, replacedAt: Number.POSITIVE_INFINITY });
      prune();
    },
    keep: (stored, id) => {
      const build = thaw(stored);
      builds.set(build.id, { build, replacedAt: Date.now() });
      prune();
      return pins.named(build, id);
    },
  };
}
