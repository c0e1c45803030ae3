import type { Build } from './build.ts';

export type BuildOutcome = 'built' | 'busy' | 'overtaken';

/** Tells when a feed is to be built. */
export interface BuildSchedule {
  /** Builds soon, whatever the schedule: something changed that readers expect to see. */
  buildSoon(): void;
  isDue(): boolean;
  /** Runs a build and notes how it ends. One that fails is tried again within seconds. */
  during(build: () => Promise<BuildOutcome>): Promise<BuildOutcome>;
}

const WARM_UP_MS = 3_000;
const RETRY_MS = 10_000;

/** A feed without a build at its start may have few records yet: it is rebuilt soon, then less and less often. An empty build likewise. */
export function createBuildSchedule(refreshMs: number, current: () => Build | undefined): BuildSchedule {
  let isNew: boolean | undefined;
  let isWanted = false;
  let retryAt = 0;
  let warmUpMs = WARM_UP_MS;
  return {
    buildSoon: () => {
      isWanted = true;
    },
    isDue: () => {
      const build = current();
      isNew ??= build === undefined;
      if (Date.now() < retryAt) return false;
      if (isWanted || build === undefined) return true;
      const isWarmingUp = isNew || build.posts.length === 0;
      return Date.now() >= build.asOfMs + (isWarmingUp ? Math.min(refreshMs, warmUpMs) : refreshMs);
    },
    during: async (build) => {
      const wasWanted = isWanted;
      isWanted = false;
      try {
        const outcome = await build();
        if (outcome !== 'busy') warmUpMs *= 1.5;
        if (outcome === 'busy' && wasWanted) isWanted = true; // the build under way may not have seen the change
        return outcome;
      } catch (error) {
        if (wasWanted) isWanted = true;
        retryAt = Date.now() + Math.min(refreshMs, RETRY_MS) * (0.5 + Math.random());
        throw error;
      }
    },
  };
}
