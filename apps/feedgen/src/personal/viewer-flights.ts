import type { PersonalFeed, PersonalStore, StoredPersonalBuild } from '@updraft/feeds';
import { LimitError, type Logger } from '@updraft/service';
import type { ErasedAccounts } from '@updraft/store';
import { LRUCache } from 'lru-cache';
import type { FeedgenMetrics } from '../metrics.ts';
import { createSeldomWarning } from '../seldom-warning.ts';
import { within } from '../within.ts';
import type { BuildMaker } from './build-maker.ts';
import type { KeptBuild, KeptBuilds } from './kept-builds.ts';
import { thawPersonal } from './personal-build.ts';

export interface FlightOptions {
  maker: Pick<BuildMaker, 'make'>;
  kept: KeptBuilds;
  store: PersonalStore;
  erased: Pick<ErasedAccounts, 'has'>;
  metrics: Pick<FeedgenMetrics, 'personalStoreFailures'>;
  log: Logger;
  waits: { readonly lookUpMs: number };
}

/**
 * How an opening ended. The reader got the viewer's own build: `fresh`, just made; `kept`, young enough; `older`, in place of a new one. Or the
 * fallback: `fallback_new`, nothing is known of the viewer; `_slow`, the build is still made; `_busy`, too many are; `_failed`; `_erased`.
 */
export type Outcome =
  | { readonly outcome: 'fresh' | 'kept' | 'older'; readonly kept: KeptBuild }
  | { readonly outcome: `fallback_${'new' | 'slow' | 'busy' | 'failed' | 'erased'}`; readonly kept?: undefined };

/** How long a viewer of whom nothing is known, or whose build failed, is not asked about again. */
const REST_MS = { fallback_new: 60_000, fallback_failed: 5_000 };
const MAX_RESTING = 50_000;

/** The making of viewers' builds: one at a time of a viewer and feed, whoever asks. */
export interface ViewerFlights {
  /** Joins the making under way, or begins one, unless the viewer is left in peace for a moment. Never rejects. */
  join(feed: PersonalFeed, viewerDid: string, languages: readonly string[]): Promise<Outcome>;
  renew(viewerDid: string): void;
  /** The viewer's builds of this moment and before are old. */
  outdatedAt(viewerDid: string): number;
  settled(): Promise<void>;
}

export function createViewerFlights(options: FlightOptions): ViewerFlights {
  const flights = new Map<string, Promise<Outcome>>();
  const resting = new LRUCache<string, keyof typeof REST_MS>({ max: MAX_RESTING });
  const outdated = new LRUCache<string, number>({ max: MAX_RESTING });
  const outdatedAt = (viewerDid: string) => outdated.get(viewerDid) ?? 0;
  const fly = createFlight(options, outdatedAt);

  async function begin(key: string, viewerDid: string, flight: Promise<Outcome>): Promise<Outcome> {
    const outdatedBefore = outdatedAt(viewerDid);
    const ended = await flight;
    flights.delete(key);
    const { outcome } = ended;
    if (outdatedAt(viewerDid) !== outdatedBefore) return ended; // it may not have seen what changed meanwhile
    if (outcome === 'fallback_new' || outcome === 'fallback_failed')
      resting.set(key, outcome, { ttl: REST_MS[outcome] });
    return ended;
  }

  return {
    outdatedAt,
    join: async (feed, viewerDid, languages) => {
      const key = `${viewerDid} ${feed.alias}`;
      const rest = resting.get(key);
      if (rest !== undefined) return { outcome: rest };
      const flight = flights.get(key) ?? begin(key, viewerDid, fly(feed, viewerDid, languages));
      flights.set(key, flight);
      return flight;
    },
    renew: (viewerDid) => {
      outdated.set(viewerDid, Date.now());
      const keys = [...resting.keys()].filter((key) => key.startsWith(`${viewerDid} `));
      for (const key of keys) resting.delete(key);
    },
    settled: async () => {
      await Promise.all(flights.values());
    },
  };
}

/** Looks for the viewer's build in Redis, else makes one. Never rejects. */
function createFlight(options: FlightOptions, outdatedAt: (viewerDid: string) => number) {
  const { maker, kept, store, erased, metrics, log, waits } = options;
  const warn = createSeldomWarning(log, "a viewer's build failed");
  return async (feed: PersonalFeed, viewerDid: string, languages: readonly string[]): Promise<Outcome> => {
    try {
      const stored = await loaded(store.load(feed.alias, viewerDid), options);
      const latest = stored === undefined ? undefined : kept.put(feed, viewerDid, thawPersonal(stored));
      if (latest !== undefined && isYoung(latest, feed, outdatedAt(viewerDid)))
        return { outcome: 'kept', kept: latest };
      const made = await maker.make(feed, { did: viewerDid, languages });
      if (erased.has(viewerDid)) return { outcome: 'fallback_erased' };
      if (made === undefined) return { outcome: 'fallback_new' };
      const fresh = kept.put(feed, viewerDid, thawPersonal(made));
      await within(waits.lookUpMs, store.save(feed, viewerDid, made)).catch(() => {
        metrics.personalStoreFailures.inc();
      });
      if (erased.has(viewerDid)) await store.remove([feed.alias], viewerDid); // it was saved after the others were removed
      return { outcome: 'fresh', kept: fresh };
    } catch (err) {
      if (err instanceof LimitError) return { outcome: 'fallback_busy' };
      warn(err, { feed: feed.alias });
      return { outcome: 'fallback_failed' };
    }
  };
}

/** A build that was made before the viewer's world changed is not young. */
export function isYoung({ build }: KeptBuild, { refresh }: PersonalFeed, outdatedAt = 0): boolean {
  return Date.now() - build.asOfMs < refresh && build.asOfMs > outdatedAt;
}

/** From Redis, which makes no reader wait for long. */
export async function loaded(
  loading: Promise<StoredPersonalBuild | undefined>,
  { metrics, waits }: Pick<FlightOptions, 'metrics' | 'waits'>,
): Promise<StoredPersonalBuild | undefined> {
  return within(waits.lookUpMs, loading).catch(() => {
    metrics.personalStoreFailures.inc();
    return undefined;
  });
}
