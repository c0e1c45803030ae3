import { type KeptFeed, keepPersonalMs, MAX_BUILDS_OF_VIEWER } from '@updraft/feeds';
import { LRUCache } from 'lru-cache';
import type { PersonalBuild } from './personal-build.ts';

/** A viewer's build in memory. */
export interface KeptBuild {
  readonly alias: string;
  readonly viewerDid: string;
  readonly build: PersonalBuild;
  /** Its posts that no longer show. */
  cut: ReadonlySet<string>;
  /** When its posts were last looked up, in ms since 1970; a build is as fresh as its query. */
  checkedAtMs: number;
  lastReadMs: number;
}

/** Viewers' builds in memory, the ones that were read last: bounded by their bytes. */
export interface KeptBuilds {
  /** The viewer's latest build. */
  latest(alias: string, viewerDid: string): KeptBuild | undefined;
  get(alias: string, viewerDid: string, id: string): KeptBuild | undefined;
  put(feed: KeptFeed, viewerDid: string, build: PersonalBuild): KeptBuild;
  /** Of all viewers, those who read last first. */
  all(): Iterable<KeptBuild>;
  /** Who has builds here. */
  viewers(): ReadonlySet<string>;
  remove(viewerDid: string): void;
  count(): number;
}

export function createKeptBuilds({ maxBytes }: { maxBytes: number }): KeptBuilds {
  /** Of one viewer and feed, the latest first. */
  const kept = new LRUCache<string, readonly KeptBuild[]>({
    maxSize: maxBytes,
    sizeCalculation: (builds) => builds.reduce((sum, { build }) => sum + bytesOf(build), BYTES),
  });
  const key = (alias: string, viewerDid: string) => `${viewerDid} ${alias}`;
  const read = (build: KeptBuild | undefined): KeptBuild | undefined => {
    if (build !== undefined) build.lastReadMs = Date.now();
    return build;
  };
  const all = () => [...kept.values()].flat();
  return {
    latest: (alias, viewerDid) => read(kept.get(key(alias, viewerDid))?.[0]),
    get: (alias, viewerDid, id) => read(kept.get(key(alias, viewerDid))?.find(({ build }) => build.id === id)),
    put: (feed, viewerDid, build) => {
      const { alias } = feed;
      const others = kept.get(key(alias, viewerDid)) ?? [];
      const known = others.find((other) => other.build.id === build.id);
      if (known !== undefined) return known;
      const now = Date.now();
      const added = { alias, viewerDid, build, cut: NONE, checkedAtMs: build.asOfMs, lastReadMs: now };
      const ordered = [added, ...others].toSorted((a, b) => b.build.asOfMs - a.build.asOfMs);
      kept.set(key(alias, viewerDid), ordered.slice(0, MAX_BUILDS_OF_VIEWER), { ttl: keepPersonalMs(feed) });
      return added;
    },
    all,
    viewers: () => new Set(all().map(({ viewerDid }) => viewerDid)),
    remove: (viewerDid) => {
      const names = [...kept.keys()].filter((name) => name.startsWith(`${viewerDid} `));
      for (const name of names) kept.delete(name);
    },
    count: () => kept.size,
  };
}

const NONE: ReadonlySet<string> = new Set();
/** Of an entry, and of a post with its uri, DID, JSON and reason. */
const BYTES = 1_000;
const BYTES_OF_POST = 500;

function bytesOf({ posts }: PersonalBuild): number {
  return BYTES + posts.length * BYTES_OF_POST;
}
