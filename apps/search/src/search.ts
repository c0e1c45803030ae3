import { createRateLimit, createTurns, type HttpServer } from '@updraft/service';
import { createLeases, createProgressStore, type Leases, PRIORITIES, withCallOptions } from '@updraft/store';
import { createApp } from './app.ts';
import { createCleanups } from './cleanup/cleanups.ts';
import type { SearchEnvironment } from './config.ts';
import { createSearchConsole } from './console.ts';
import type { SearchContext, SearchDeps } from './context.ts';
import { createOperator, runForOperators } from './for-operators.ts';
import { createSearchMetrics } from './metrics.ts';
import { createOutside } from './outside.ts';
import { createLikeCounts } from './query/like-counts.ts';
import { createExports } from './repository/exports.ts';
import { keepListing } from './stats/list-repos.ts';
import { createReports } from './stats/reports.ts';
import { latestTrends } from './trends/latest-trends.ts';

export interface Search {
  readonly app: HttpServer;
  readonly context: SearchContext;
  /** Background work; resolves once all of it has ended after the signal. */
  run(): Promise<void>;
}

/** The service put together, not yet listening. */
export async function createSearch(deps: SearchDeps): Promise<Search> {
  const { env, log, signal } = deps;
  const limits = createLimits(env);
  const metrics = createSearchMetrics(limits.searchTurns.counts);
  const leases = makeLeases(deps);
  const background = withCallOptions(deps.clickhouse, { settings: PRIORITIES.background });
  const common = { ...deps, clickhouse: background, leases, metrics, progress: createProgressStore(background) };
  const { accounts, pdsClient, spool } = await createOutside(deps, metrics);
  const console = createSearchConsole(deps, accounts);
  const clean = createCleanups(deps, { accounts, pdsClient, spool, leases, metrics, console });
  const reports = createReports(common);
  const context: SearchContext = {
    clickhouse: withCallOptions(deps.clickhouse, { settings: PRIORITIES.search }),
    log,
    metrics,
    reports,
    trends: latestTrends(reports.trends),
    statsTtlMs: env.STATS_CACHE_TTL,
    accounts,
    pdsClient,
    likeCounts: createLikeCounts({ ...common, ttlMs: Math.min(env.STATS_CACHE_TTL, MAX_LIKE_COUNTS_TTL_MS) }),
    ...limits,
    exports: createExports(spool, accounts),
    cleanups: clean?.cleanups,
    signIn: console?.signIn,
    operator: createOperator(common),
  };
  return {
    app: createApp(context, env, console),
    context,
    run: () =>
      allOf([
        ...[reports.network, reports.collections, reports.trends].map((report) => report.keepFresh(signal)),
        keepListing({ ...common, ...listingOf(env), client: pdsClient }, signal),
        clean?.run(signal) ?? Promise.resolve(),
        runForOperators(deps, context),
        console?.signIn.run(signal) ?? Promise.resolve(),
      ]),
  };
}

function listingOf({ LIST_REPOS_HOSTS: hosts, LIST_REPOS_INTERVAL: intervalMs }: SearchEnvironment) {
  return { hosts, intervalMs };
}

async function allOf(work: readonly Promise<void>[]): Promise<void> {
  await Promise.all(work);
}

function createLimits(env: SearchEnvironment): Pick<SearchContext, 'searchLimit' | 'searchTurns' | 'listTurns'> {
  return {
    searchLimit: createRateLimit({ burst: 10, perSecond: 10 }),
    searchTurns: createTurns(searchBounds(env)),
    listTurns: createTurns({ atOnce: 4, perCaller: 1, what: 'lists', retryAfterS: 10 }),
  };
}

const MAX_LIKE_COUNTS_TTL_MS = 300_000;

/** A caller's page may send a few searches at once: those above its share wait, and other callers don't wait for them. */
function searchBounds({ SEARCH_CONCURRENCY: atOnce, SEARCH_CONCURRENCY_PER_CALLER: perCaller }: SearchEnvironment) {
  return { atOnce, perCaller, presentPerCaller: perCaller * 3, maxWaiting: atOnce * 8, what: 'searches' };
}

/** Work that one instance does for all stops in time when Redis can't be reached: two instances would do it twice. */
function makeLeases({ env, redis }: SearchDeps): Leases {
  return createLeases({
    redis,
    prefix: `${env.REDIS_PREFIX}:search:lease:`,
    ttlMs: env.CLEANUP_LEASE_TTL,
    fences: 'count',
    whenUnreachable: 'lose',
  });
}
