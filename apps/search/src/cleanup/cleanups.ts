import { createTokenSeal } from '@updraft/console-api';
import { createCleanupJobStore, type Leases } from '@updraft/store';
import { createCallLimit } from '../call-limit.ts';
import type { Cleanups, SearchDeps } from '../context.ts';
import type { SearchMetrics } from '../metrics.ts';
import type { Outside } from '../outside.ts';
import { createSessions } from '../pds/sessions.ts';
import { DEFAULT_POLICY } from './allowance.ts';
import { type CleanupWorker, createCleanupWorker } from './cleanup-worker.ts';
import { createCountLikes } from './count-likes.ts';
import { createPlan, limitPlans } from './plan.ts';
import { startCleanup } from './start-cleanup.ts';

export interface CleanupParts extends Outside {
  readonly leases: Leases;
  readonly metrics: SearchMetrics;
}

/** Clean-ups for the routes, and the worker's run; undefined without a key for the tokens, which could not be stored. */
export function createCleanups(
  { env, clickhouse, redis, log }: SearchDeps,
  { accounts, pdsClient, spool, leases, metrics }: CleanupParts,
): { cleanups: Cleanups; run: CleanupWorker['run'] } | undefined {
  if (env.CLEANUP_TOKEN_KEY.length === 0) {
    log.warn({}, 'CLEANUP_TOKEN_KEY is not set: clean-ups are off');
    return undefined;
  }
  const store = createCleanupJobStore(clickhouse);
  const plan = createPlan(spool, accounts, createCountLikes(clickhouse));
  const sessions = createSessions(pdsClient);
  const common = { store, accounts, sessions, seal: createTokenSeal(env.CLEANUP_TOKEN_KEY), leases, now: Date.now };
  const { run, lookNow } = createCleanupWorker({
    ...common,
    plan,
    policy: { ...DEFAULT_POLICY, minWaitMs: env.CLEANUP_RETRY_WAIT, maxFailures: env.CLEANUP_MAX_TRIES },
    random: Math.random,
    log,
    pollMs: env.CLEANUP_POLL_INTERVAL,
    onRun: (state) => metrics.cleanupRuns.inc({ state }),
  });
  const signIns = createCallLimit({ redis, key: `${env.REDIS_PREFIX}:search:limit:sign-in`, max: 5, perMs: 60_000 });
  const startDeps = { ...common, plan: limitPlans(plan), signIns, onJob: lookNow };
  return { run, cleanups: { store, lookNow, start: (request, signal) => startCleanup(startDeps, request, signal) } };
}
