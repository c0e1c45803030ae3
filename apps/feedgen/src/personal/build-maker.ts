import { isPinnedAt, type PersonalFeed, type StoredPersonalBuild } from '@updraft/feeds';
import { createTurns, inTrace } from '@updraft/service';
import type { FeedgenMetrics } from '../metrics.ts';
import type { SeenPosts } from '../seen/seen-posts.ts';
import { newPersonalId } from './personal-build.ts';
import type { PersonalAnswer, PersonalQuery, Viewer } from './personal-query.ts';

/** The query of each kind. A feed of a kind without one gives its fallback. */
export type PersonalQueries = { readonly [Kind in PersonalFeed['kind']]?: PersonalQuery<Kind> | undefined };

export interface BuildMakerOptions {
  queries: PersonalQueries;
  seen: Pick<SeenPosts, 'view'>;
  limits: PersonalLimits;
  metrics: Pick<FeedgenMetrics, 'personalBuildSeconds'>;
}

export interface PersonalLimits {
  /** Builds that one instance makes at once. */
  readonly atOnce: number;
  /** Builds that wait for it; further viewers get the fallback. */
  readonly maxWaiting: number;
}

/** Makes viewers' builds, few at a time. */
export interface BuildMaker {
  /**
   * Undefined when the feed has nothing for the viewer.
   * @throws LimitError when too many wait, the timeout's error, and what the query throws
   */
  make(feed: PersonalFeed, viewer: Omit<Viewer, 'hasSeen'>): Promise<StoredPersonalBuild | undefined>;
  counts(): { readonly underWay: number; readonly waiting: number };
}

const TIMEOUT_MS = 10_000;
/** Whoever waits so long for a turn has had the fallback for a while. */
const MAX_WAIT_MS = 10_000;

export function createBuildMaker({ queries, seen, limits, metrics }: BuildMakerOptions): BuildMaker {
  const turns = createTurns({ ...limits, perCaller: 1, maxWaitMs: MAX_WAIT_MS, what: 'builds' });

  async function ask(feed: PersonalFeed, viewer: Omit<Viewer, 'hasSeen'>, asOfMs: number): Promise<PersonalAnswer> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const seenPosts = feed.hideSeen ? await seen.view(viewer.did, undefined) : undefined;
    const asking = { ...viewer, hasSeen: (uri: string) => seenPosts?.has(uri) === true };
    const answer = runQuery(queries, feed, asking, { asOfMs, signal });
    return Promise.race([answer, ended(signal)]);
  }

  return {
    counts: turns.counts,
    make: (feed, viewer) =>
      turns.run(`${feed.alias} ${viewer.did}`, () =>
        inTrace('personal build', { attributes: { 'updraft.feed': feed.alias } }, async () => {
          const asOfMs = Date.now();
          const stopTimer = metrics.personalBuildSeconds.startTimer({ feed: feed.alias });
          const { posts } = await ask(feed, viewer, asOfMs).finally(stopTimer);
          if (posts.length === 0) return undefined;
          const pinned = feed.pinned.filter((pin) => isPinnedAt(pin, asOfMs)).map((pin) => pin.post);
          return { id: newPersonalId(asOfMs), asOfMs, pinned, posts: [...posts] };
        }),
      ),
  };
}

const NOTHING: PersonalAnswer = { posts: [], leftOut: [] };

async function runQuery(
  queries: PersonalQueries,
  feed: PersonalFeed,
  viewer: Viewer,
  options: Parameters<PersonalQuery<PersonalFeed['kind']>>[2],
): Promise<PersonalAnswer> {
  if (feed.kind === 'following') return (await queries.following?.(feed, viewer, options)) ?? NOTHING;
  return (await queries['for-you']?.(feed, viewer, options)) ?? NOTHING;
}

/** Rejects with the signal's reason, also when the query does not heed it. */
function ended(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return promise;
}
