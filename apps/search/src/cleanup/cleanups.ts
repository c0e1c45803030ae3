import type { NodeSavedSessionStore } from '@atproto/oauth-client-node';
import { type Console, createTokenSeal } from '@updraft/console-api';
import { createCleanupJobStore, type Leases } from '@updraft/store';
import { createCallLimit } from '../call-limit.ts';
import type { Cleanups, SearchDeps } from '../context.ts';
import type { SearchMetrics } from '../metrics.ts';
import type { Outside } from '../outside.ts';
import { createOAuthSessions } from '../pds/oauth-sessions.ts';
import { createPasswordSessions } from '../pds/password-sessions.ts';
import { createSessions } from '../pds/sessions.ts';
import { DEFAULT_POLICY } from './allowance.ts';
import { type CleanupWorker, createCleanupWorker } from './cleanup-worker.ts';
import { createCountLikes } from './count-likes.ts';
import { createPlan, limitPlans } from './plan.ts';
import { startCleanup } from './start-cleanup.ts';

export interface CleanupParts extends Outside {
  readonly leases: Leases;
  readonly metrics: SearchMetrics;
  readonly console: Pick<Console, 'signIn' | 'oauth'> | undefined;
}

/** Clean-ups for the routes, and the worker's run; undefined without a key for the tokens, which could not be stored. */
export function createCleanups(
  { env, clickhouse, redis, log }: SearchDeps,
  parts: CleanupParts,
): { cleanups: Cleanups; run: CleanupWorker['run'] } | undefined {
  if (env.CLEANUP_TOKEN_KEY.length === 0) {
    log.warn({}, 'CLEANUP_TOKEN_KEY is not set: clean-ups are off');
    return undefined;
  }
  const { accounts, spool, leases, metrics, console } = parts;
  const store = createCleanupJobStore(clickhouse);
  const plan = createPlan(spool, accounts, createCountLikes(clickhouse));
  const passwords = createPasswordSessions(parts.pdsClient);
  const sessions = createSessions({ password: passwords, oauth: oauthSessions(parts) });
  const policy = { ...DEFAULT_POLICY, minWaitMs: env.CLEANUP_RETRY_WAIT, maxFailures: env.CLEANUP_MAX_TRIES };
  const common = { store, accounts, sessions, seal: createTokenSeal(env.CLEANUP_TOKEN_KEY), leases, now: Date.now };
  const { run, lookNow } = createCleanupWorker({
    ...common,
    plan,
    policy,
    random: Math.random,
    log,
    pollMs: env.CLEANUP_POLL_INTERVAL,
    onRun: (state) => metrics.cleanupRuns.inc({ state }),
  });
  const signIns = createCallLimit({ redis, key: `${env.REDIS_PREFIX}:search:limit:sign-in`, max: 5, perMs: 60_000 });
  const access = { passwords, grants: console?.signIn.grants, signIns };
  const startDeps = { ...common, ...access, plan: limitPlans(plan), onJob: lookNow };
  return {
    run,
    cleanups: { store, policy, lookNow, start: (request, signal) => startCleanup(startDeps, request, signal) },
  };
}

function oauthSessions({ pdsClient, console }: CleanupParts) {
  const oauth = console?.oauth;
  if (oauth === undefined) return undefined;
  const createOAuthClient = (sessionStore: NodeSavedSessionStore) => oauth.create({ sessionStore, isPatient: true });
  return createOAuthSessions({ client: pdsClient, createOAuthClient });
}
