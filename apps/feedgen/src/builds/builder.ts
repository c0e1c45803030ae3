import type { QueriedFeed } from '@updraft/feeds';
import { inTrace, type Logger, sleep } from '@updraft/service';
import type { Bus } from '../bus.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import type { BuildStore } from './build-store.ts';
import type { LiveBuilds } from './live-builds.ts';

export interface BuilderOptions {
  feed: QueriedFeed;
  /** The feed's query as it stands at a moment: uris, best first. */
  query: (feed: QueriedFeed, asOfMs: number) => Promise<string[]>;
  store: BuildStore;
  live: LiveBuilds;
  bus: Bus;
  metrics: Pick<FeedgenMetrics, 'builds' | 'buildSeconds'>;
  log: Logger;
  now?: () => number;
}

export interface Builder {
  /** Builds on schedule until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Builds soon, whatever the schedule: something changed that readers expect to see. */
  hurry(): void;
  /** Builds now unless another instance does; what was made is served from memory at once. Rejects when the query fails. */
  buildOnce(): Promise<'built' | 'busy' | 'overtaken'>;
}

const LOOK_EVERY_MS = 500;
const WARM_UP_MS = 3_000;

/**
 * One feed's builder. All instances run one; a lock lets one of them build at a time. A failed build leaves the last one
 * where it is and shows in feed_build_age_seconds.
 */
export function createBuilder(options: BuilderOptions): Builder {
  const { feed, log, metrics, live, now = Date.now } = options;
  let isHurried = false;
  let retryAt = 0;
  let warmUpMs = WARM_UP_MS;
  let isNew = false;

  /** A feed that never had a build is new, and so may its records be: it is built again soon, then less and less often. */
  function isDue(): boolean {
    const current = live.current(feed.alias);
    if (now() < retryAt) return false;
    if (isHurried || current === undefined) return true;
    return (
      now() >= current.asOfMs + Math.min(feed.refresh, isNew || current.posts.length === 0 ? warmUpMs : feed.refresh)
    );
  }

  async function turn(): Promise<void> {
    const wasHurried = isHurried;
    isHurried = false;
    try {
      const outcome = await buildOnce(options);
      warmUpMs *= 1.5;
      if (outcome === 'busy' && wasHurried) isHurried = true; // the build under way may not have seen the change
      if (outcome !== 'busy') metrics.builds.inc({ feed: feed.alias, outcome });
    } catch (error) {
      retryAt = now() + Math.min(feed.refresh, 10_000) * (0.5 + Math.random());
      metrics.builds.inc({ feed: feed.alias, outcome: 'failed' });
      log.warn({ feed: feed.alias, err: error }, 'a build failed: the last one stays');
    }
  }

  return {
    buildOnce: () => buildOnce(options),
    hurry: () => {
      isHurried = true;
    },
    run: async (signal) => {
      isNew = live.current(feed.alias) === undefined;
      while (!signal.aborted) {
        if (isDue()) await turn();
        const jitter = 0.5 + Math.random();
        await sleep(Math.min(LOOK_EVERY_MS, feed.refresh / 4) * jitter, signal).catch(() => {}); // aborted: the loop ends
      }
    },
  };
}

async function buildOnce(options: BuilderOptions): Promise<'built' | 'busy' | 'overtaken'> {
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

async function buildUnder(fence: number, options: BuilderOptions): Promise<'built' | 'overtaken'> {
  const { feed, query, store, live, bus, metrics, now = Date.now } = options;
  const asOfMs = now();
  const stopTimer = metrics.buildSeconds.startTimer({ feed: feed.alias });
  const build = { id: `${asOfMs.toString(36)}-${fence.toString(36)}`, asOfMs, uris: await query(feed, asOfMs) };
  stopTimer();
  if (!(await store.publish(feed.alias, fence, build))) return 'overtaken';
  live.adopt(feed.alias, build);
  await bus.publish({ kind: 'build', alias: feed.alias, id: build.id });
  return 'built';
}
