import type { PersonalFeed, PersonalStore, StoredPersonalBuild } from '@updraft/feeds';
import { LimitError, type Logger } from '@updraft/service';
import type { ErasedAccounts } from '@updraft/store';
import { LRUCache } from 'lru-cache';
import type { FeedgenMetrics } from '../metrics.ts';
import { within } from '../within.ts';
import type { BuildMaker } from './build-maker.ts';
import type { KeptBuild, KeptBuilds } from './kept-builds.ts';
import { isPersonalId, type PersonalBuild, thawPersonal } from './personal-build.ts';
import type { PersonalCuts } from './personal-cuts.ts';

/** The builds of personal feeds: made when a viewer asks, kept for minutes, in bounded time, memory and number. */
export interface PersonalBuilds {
  /**
   * The viewer's build to begin to read with: one that is young enough, else a new one, else after at most PERSONAL_WAIT_MS an older one
   * while the new one is still made. Undefined when there is none by then: the reader gets the feed's fallback. Never rejects.
   */
  open(feed: PersonalFeed, viewerDid: string, languages: readonly string[]): Promise<PersonalBuild | undefined>;
  /** The viewer's build of this id, from memory or Redis. Another viewer's is never given. */
  find(feed: PersonalFeed, viewerDid: string, buildId: string): Promise<PersonalBuild | undefined>;
  /** The viewer's next first page is of a new build: something changed that they expect to see. */
  renew(viewerDid: string): void;
  /** Resolves when no build is under way. */
  settled(): Promise<void>;
}

/** A page takes no longer than a second: this is what a build may take of it. */
export const PERSONAL_WAIT_MS = 600;

export interface PersonalBuildsOptions {
  maker: Pick<BuildMaker, 'make'>;
  kept: KeptBuilds;
  store: PersonalStore;
  cuts: Pick<PersonalCuts, 'ensure'>;
  erased: Pick<ErasedAccounts, 'has'>;
  metrics: Pick<FeedgenMetrics, 'personalOpens' | 'personalStoreFailures'>;
  log: Logger;
}

/**
 * How an opening ended. The reader got the viewer's own build: `fresh`, just made; `kept`, young enough; `older`, in place of a new one. Or the
 * fallback: `fallback_new`, nothing is known of the viewer; `_slow`, the build is still made; `_busy`, too many are; `_failed`; `_erased`.
 */
type Outcome =
  | { readonly outcome: 'fresh' | 'kept' | 'older'; readonly kept: KeptBuild }
  | { readonly outcome: `fallback_${'new' | 'slow' | 'busy' | 'failed' | 'erased'}`; readonly kept?: undefined };

/** How long a viewer of whom nothing is known, or whose build failed, is not asked about again. */
const REST_MS = { fallback_new: 60_000, fallback_failed: 5_000 };
const MAX_RESTING = 50_000;
/** What Redis may take of a page. */
const STORE_WAIT_MS = 250;

export function createPersonalBuilds(options: PersonalBuildsOptions): PersonalBuilds {
  const { kept, store, cuts, erased, metrics } = options;
  const flights = new Map<string, Promise<Outcome>>();
  const resting = new LRUCache<string, keyof typeof REST_MS>({ max: MAX_RESTING });
  const outdated = new LRUCache<string, number>({ max: MAX_RESTING });
  const fly = createFlight(options, (viewerDid) => outdated.get(viewerDid) ?? 0);

  async function settle(feed: PersonalFeed, viewerDid: string, languages: readonly string[]): Promise<Outcome> {
    if (erased.has(viewerDid)) return { outcome: 'fallback_erased' };
    const latest = kept.latest(feed.alias, viewerDid);
    if (latest !== undefined && isYoung(latest, feed, outdated.get(viewerDid)))
      return { outcome: 'kept', kept: latest };
    const key = `${viewerDid} ${feed.alias}`;
    const rest = resting.get(key);
    if (rest !== undefined) return insteadOf({ outcome: rest }, latest);
    const flight = flights.get(key) ?? take(key, fly(feed, viewerDid, languages));
    const ended = (await within(PERSONAL_WAIT_MS, flight)) ?? { outcome: 'fallback_slow' };
    return insteadOf(ended, kept.latest(feed.alias, viewerDid));
  }

  function take(key: string, flight: Promise<Outcome>): Promise<Outcome> {
    const noted = flight.then((ended) => {
      flights.delete(key);
      const { outcome } = ended;
      if (outcome === 'fallback_new' || outcome === 'fallback_failed')
        resting.set(key, outcome, { ttl: REST_MS[outcome] });
      return ended;
    });
    flights.set(key, noted);
    return noted;
  }

  return {
    open: async (feed, viewerDid, languages) => {
      const ended = await settle(feed, viewerDid, languages);
      metrics.personalOpens.inc({ feed: feed.alias, outcome: ended.outcome });
      return ended.kept === undefined ? undefined : shownOf(ended.kept, cuts);
    },
    find: async (feed, viewerDid, id) => {
      if (!isPersonalId(id) || erased.has(viewerDid)) return undefined;
      const known = kept.get(feed.alias, viewerDid, id);
      if (known !== undefined) return shownOf(known, cuts);
      const stored = await loaded(store.load(feed.alias, viewerDid, id), options);
      return stored === undefined ? undefined : shownOf(kept.put(feed.alias, viewerDid, thawPersonal(stored)), cuts);
    },
    renew: (viewerDid) => {
      outdated.set(viewerDid, Date.now());
      for (const key of [...resting.keys()]) if (key.startsWith(`${viewerDid} `)) resting.delete(key);
    },
    settled: async () => {
      await Promise.all(flights.values());
    },
  };
}

/** Looks for the viewer's build in Redis, else makes one. Never rejects. */
function createFlight(options: PersonalBuildsOptions, outdatedAt: (viewerDid: string) => number) {
  const { maker, kept, store, erased, metrics, log } = options;
  return async (feed: PersonalFeed, viewerDid: string, languages: readonly string[]): Promise<Outcome> => {
    try {
      const stored = await loaded(store.load(feed.alias, viewerDid), options);
      const latest = stored === undefined ? undefined : kept.put(feed.alias, viewerDid, thawPersonal(stored));
      if (latest !== undefined && isYoung(latest, feed, outdatedAt(viewerDid)))
        return { outcome: 'kept', kept: latest };
      const made = await maker.make(feed, { did: viewerDid, languages });
      if (erased.has(viewerDid)) return { outcome: 'fallback_erased' };
      if (made === undefined) return { outcome: 'fallback_new' };
      const fresh = kept.put(feed.alias, viewerDid, thawPersonal(made));
      await within(STORE_WAIT_MS, store.save(feed.alias, viewerDid, made)).catch(() => {
        metrics.personalStoreFailures.inc();
      });
      if (erased.has(viewerDid)) await store.remove([feed.alias], viewerDid); // it was saved after the others were removed
      return { outcome: 'fresh', kept: fresh };
    } catch (err) {
      if (err instanceof LimitError) return { outcome: 'fallback_busy' };
      log.warn({ feed: feed.alias, err }, "a viewer's build failed");
      return { outcome: 'fallback_failed' };
    }
  };
}

/** A build that was made before the viewer's world changed is not young. */
function isYoung({ build }: KeptBuild, { refresh }: PersonalFeed, outdatedAt = 0): boolean {
  return Date.now() - build.asOfMs < refresh && build.asOfMs > outdatedAt;
}

/** The viewer's older build, where there is no new one. Who follows nobody any more has none. */
function insteadOf(ended: Outcome, older: KeptBuild | undefined): Outcome {
  const isLacking = ['fallback_slow', 'fallback_busy', 'fallback_failed'].includes(ended.outcome);
  return isLacking && older !== undefined ? { outcome: 'older', kept: older } : ended;
}

async function loaded(
  loading: Promise<StoredPersonalBuild | undefined>,
  { metrics }: PersonalBuildsOptions,
): Promise<StoredPersonalBuild | undefined> {
  return within(STORE_WAIT_MS, loading).catch(() => {
    metrics.personalStoreFailures.inc();
    return undefined;
  });
}

async function shownOf(kept: KeptBuild, cuts: Pick<PersonalCuts, 'ensure'>): Promise<PersonalBuild> {
  await cuts.ensure(kept);
  return { ...kept.build, leavesOut: ({ uri, isPinned }) => !isPinned && kept.cut.has(uri) };
}
