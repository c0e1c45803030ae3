import type { BuildStore, QueriedFeed } from '@updraft/feeds';
import { inTrace, type Logger, pause } from '@updraft/service';
import type { Bus } from '../bus.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import { type BuildOutcome, type BuildSchedule, createBuildSchedule } from './build-schedule.ts';
import type { LiveBuilds } from './live-builds.ts';

export interface BuilderOptions {
  feed: QueriedFeed;
  /** False while something is missing that the feed needs, such as another one's build. */
  isReady: (feed: QueriedFeed) => boolean;
  /** The feed's query as of a moment. */
  query: (feed: QueriedFeed, asOfMs: number) => Promise<QueryAnswer>;
  store: BuildStore;
  live: LiveBuilds;
  bus: Bus;
  metrics: Pick<FeedgenMetrics, 'builds' | 'buildSeconds'>;
  log: Logger;
}

export interface QueryAnswer {
  /** Best first. */
  readonly uris: readonly string[];
  /** Posts that the rules of moderation left out. */
  readonly leftOut: readonly string[];
}

export interface Builder extends Pick<BuildSchedule, 'buildSoon'> {
  /** Builds on schedule until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Builds now unless another instance does. This instance serves the new build at once. Rejects when the query fails. */
  buildOnce(): Promise<BuildOutcome>;
  /** How long the query of a build took, in seconds, if this instance ran it last. */
  secondsOf(id: string): number | undefined;
}

const LOOK_EVERY_MS = 500;

/**
 * One feed's builder. Every instance runs one, and a lock lets one of them build at a time. When a build fails, the feed keeps its
 * last one, and feed_build_age_seconds grows.
 */
export function createBuilder(given: BuilderOptions): Builder {
  let last: QueryTime | undefined;
  const options: BuildOptions = { ...given, onQueried: (time) => void (last = time) };
  const { feed, live, isReady } = options;
  const schedule = createBuildSchedule(feed.refresh, () => live.current(feed.alias));
  return {
    buildOnce: () => buildOnce(options),
    buildSoon: schedule.buildSoon,
    secondsOf: (id) => (last?.id === id ? last.seconds : undefined),
    run: async (signal) => {
      while (!signal.aborted) {
        if (isReady(feed) && schedule.isDue()) await buildDue(schedule, options);
        const jitter = 0.5 + Math.random();
        await pause(Math.min(LOOK_EVERY_MS, feed.refresh / 4) * jitter, signal);
      }
    },
  };
}

interface QueryTime {
  readonly id: string;
  readonly seconds: number;
}

interface BuildOptions extends BuilderOptions {
  onQueried(time: QueryTime): void;
}

async function buildDue(schedule: BuildSchedule, options: BuildOptions): Promise<void> {
  const { feed, metrics, log } = options;
  try {
    const outcome = await schedule.during(() => buildOnce(options));
    if (outcome !== 'busy') metrics.builds.inc({ feed: feed.alias, outcome });
  } catch (err) {
    metrics.builds.inc({ feed: feed.alias, outcome: 'failed' });
    log.warn({ feed: feed.alias, err }, 'a build failed: the feed keeps its last one');
  }
}

async function buildOnce(options: BuildOptions): Promise<BuildOutcome> {
  const { feed, store } = options;
  const lease = await store.acquire(feed.alias);
  if (lease === undefined) return 'busy';
  try {
    return await inTrace('build', { attributes: { 'updraft.feed': feed.alias } }, async (span) => {
      const outcome = await buildUnder(lease.fence, options);
      span?.setAttribute('updraft.outcome', outcome);
      return outcome;
    });
  } finally {
    await lease.release();
  }
}

async function buildUnder(fence: number, options: BuildOptions): Promise<'built' | 'overtaken'> {
  const { feed, query, store, live, bus, metrics, onQueried } = options;
  const asOfMs = Date.now();
  const stopTimer = metrics.buildSeconds.startTimer({ feed: feed.alias });
  const { uris, leftOut } = await query(feed, asOfMs);
  const build = { id: `${asOfMs.toString(36)}-${fence.toString(36)}`, asOfMs, uris };
  onQueried({ id: build.id, seconds: stopTimer() });
  if (!(await store.publish(feed.alias, fence, build, leftOut))) return 'overtaken';
  live.adopt(feed.alias, build);
  await bus.publish({ kind: 'build', alias: feed.alias, id: build.id });
  return 'built';
}
