import type { PersonalFeed } from '@updraft/feeds';
import type { FeedgenMetrics } from '../metrics.ts';
import { within } from '../within.ts';
import type { KeptBuild } from './kept-builds.ts';
import { isPersonalId, type PersonalBuild, thawPersonal } from './personal-build.ts';
import type { PersonalCuts } from './personal-cuts.ts';
import { createViewerFlights, type FlightOptions, isYoung, loaded, type Outcome } from './viewer-flights.ts';

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

/** How long a page waits. */
export interface PersonalWaits {
  /** For a build. */
  readonly buildMs: number;
  /** For each look-up: a stored build, what no longer shows of one, the languages of the fallback's posts. */
  readonly lookUpMs: number;
}

/** A page takes no longer than a second: this is what a build may take of it. */
export const PERSONAL_WAIT_MS = 600;
export const PERSONAL_WAITS: PersonalWaits = { buildMs: PERSONAL_WAIT_MS, lookUpMs: 250 };

export interface PersonalBuildsOptions extends FlightOptions {
  cuts: Pick<PersonalCuts, 'ensure'>;
  metrics: Pick<FeedgenMetrics, 'personalOpens' | 'personalStoreFailures'>;
  waits: PersonalWaits;
}

export function createPersonalBuilds(options: PersonalBuildsOptions): PersonalBuilds {
  const { kept, store, cuts, erased, metrics, waits } = options;
  const flights = createViewerFlights(options);

  async function settle(feed: PersonalFeed, viewerDid: string, languages: readonly string[]): Promise<Outcome> {
    if (erased.has(viewerDid)) return { outcome: 'fallback_erased' };
    const latest = kept.latest(feed.alias, viewerDid);
    if (latest !== undefined && isYoung(latest, feed, flights.outdatedAt(viewerDid)))
      return { outcome: 'kept', kept: latest };
    const ended = await within(waits.buildMs, flights.join(feed, viewerDid, languages));
    return insteadOf(ended ?? { outcome: 'fallback_slow' }, kept.latest(feed.alias, viewerDid));
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
      return stored === undefined ? undefined : shownOf(kept.put(feed, viewerDid, thawPersonal(stored)), cuts);
    },
    renew: flights.renew,
    settled: flights.settled,
  };
}

/** The viewer's older build, where there is no new one. Who follows nobody any more has none. */
function insteadOf(ended: Outcome, older: KeptBuild | undefined): Outcome {
  const isLacking = ['fallback_slow', 'fallback_busy', 'fallback_failed'].includes(ended.outcome);
  return isLacking && older !== undefined ? { outcome: 'older', kept: older } : ended;
}

async function shownOf(kept: KeptBuild, cuts: Pick<PersonalCuts, 'ensure'>): Promise<PersonalBuild> {
  await cuts.ensure(kept);
  return { ...kept.build, leavesOut: ({ uri, isPinned }) => !isPinned && kept.cut.has(uri) };
}
