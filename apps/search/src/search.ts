import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDidDirectory, createDidResolver, createHandles, createSafeFetch } from '@updraft/identity';
import { createSpool, type Spool } from '@updraft/repository';
import { createRateLimit, createTurns, type HttpServer, type Logger } from '@updraft/service';
import {
  type ClickHouse,
  createCleanupJobStore,
  createHiddenActors,
  createLeases,
  createProgressStore,
  didOfHandle,
  type Leases,
  PRIORITIES,
  type Redis,
  withCallOptions,
} from '@updraft/store';
import { type Accounts, createAccounts } from './accounts.ts';
import { createApp } from './app.ts';
import { createCallLimit } from './call-limit.ts';
import { DEFAULT_POLICY } from './cleanup/allowance.ts';
import { type CleanupWorker, createCleanupWorker } from './cleanup/cleanup-worker.ts';
import { createCountLikes } from './cleanup/count-likes.ts';
import { startCleanup } from './cleanup/start-cleanup.ts';
import { createTokenSeal } from './cleanup/token-seal.ts';
import type { SearchEnvironment } from './config.ts';
import type { Cleanups, SearchContext } from './context.ts';
import { createExports, createPlan, limitPlans } from './exports.ts';
import { createSearchMetrics, type SearchMetrics } from './metrics.ts';
import { createPdsClient, type PdsClient, USER_AGENT } from './pds/pds-client.ts';
import { createSessions } from './pds/sessions.ts';
import { createLikeCounts } from './query/like-counts.ts';
import { keepListing } from './stats/list-repos.ts';
import { createReports } from './stats/reports.ts';

export interface SearchDeps {
  readonly env: SearchEnvironment;
  readonly clickhouse: ClickHouse;
  readonly redis: Redis;
  readonly log: Logger;
  /** Aborts when the service stops. */
  readonly signal: AbortSignal;
}

export interface Search {
  readonly app: HttpServer;
  readonly context: SearchContext;
  /** Background work; resolves when it is put down after the signal. */
  run(): Promise<void>;
}

/** The service put together, not yet listening. */
export async function createSearch(deps: SearchDeps): Promise<Search> {
  const { env, redis, log, signal } = deps;
  const clickhouse = withCallOptions(deps.clickhouse, { settings: PRIORITIES.search });
  const background = withCallOptions(deps.clickhouse, { settings: PRIORITIES.background });
  const searchTurns = createTurns(searchBounds(env));
  const metrics = createSearchMetrics();
  metrics.watchSearches(searchTurns.counts);
  const leases = makeLeases(deps);
  const progress = createProgressStore(background);
  const accounts = makeAccounts(deps, metrics);
  const pdsClient = makePdsClient(env);
  const spool = await makeSpool(env);
  const clean = makeCleanups(deps, { accounts, pdsClient, spool, metrics });
  const reports = createReports({
    clickhouse: background,
    redis,
    leases,
    log,
    metrics,
    progress,
    hidden: createHiddenActors({ clickhouse: background, log }),
    ttlMs: env.STATS_CACHE_TTL,
    oldestDay: Math.floor(Date.parse(env.STATS_OLDEST_DAY) / 86_400_000),
    signal,
  });
  const context: SearchContext = {
    clickhouse,
    log,
    metrics,
    reports,
    statsTtlMs: env.STATS_CACHE_TTL,
    accounts,
    pdsClient,
    likeCounts: createLikeCounts({
      clickhouse: background,
      leases,
      ttlMs: Math.min(env.STATS_CACHE_TTL, 300_000),
      onError: (error) => log.warn({ err: error }, 'the likes of the day could not be counted'),
    }),
    searchLimit: createRateLimit({ burst: 10, perSecond: 10 }),
    searchTurns,
    listTurns: createTurns({ atOnce: 4, perCaller: 1, what: 'lists', retryAfterS: 10 }),
    exports: createExports({ spool, accounts, atOnce: 4 }),
    cleanups: clean?.cleanups,
  };
  const onPage = (host: string, count: number) => metrics.listedAccounts.inc({ host }, count);
  const listing = { clickhouse, client: pdsClient, progress, leases, log, hosts: env.LIST_REPOS_HOSTS, onPage };
  return {
    app: createApp(context, { corsOrigins: env.CORS_ORIGINS, trustProxy: env.TRUST_PROXY }),
    context,
    run: async () => {
      await Promise.all([
        reports.network.keepFresh(signal),
        reports.collections.keepFresh(signal),
        keepListing({ ...listing, intervalMs: env.LIST_REPOS_INTERVAL, pauseMs: LISTING_PAUSE_MS }, signal),
        clean?.worker.run(signal),
      ]);
    },
  };
}

/** A caller's page may send a few searches at once: those above its share wait, and the others don't wait for them. */
function searchBounds({ SEARCH_CONCURRENCY: atOnce, SEARCH_CONCURRENCY_PER_CALLER: perCaller }: SearchEnvironment) {
  return { atOnce, perCaller, presentPerCaller: perCaller * 3, maxWaiting: atOnce * 8, what: 'searches' };
}

const LISTING_PAUSE_MS = 1_000;
/** Exchanges of JSON with a PDS, and how much of an answer is read. */
const PDS_TIMEOUT_MS = 30_000;
const PDS_MAX_BYTES = 1_000_000;
const DOWNLOAD_TIMEOUT_MS = 900_000;

function makeAccounts({ env, clickhouse }: SearchDeps, metrics: SearchMetrics): Accounts {
  const allowPrivateAddresses = env.ALLOW_PRIVATE_ADDRESSES;
  const safeFetch = createSafeFetch({ allowPrivateAddresses });
  const resolver = createDidResolver({ plcHost: env.PLC_HOST, safeFetch, allowLocalhost: allowPrivateAddresses });
  const dids = createDidDirectory({ resolver, onLookUp: (outcome) => metrics.lookUps.inc({ outcome }) });
  const indexedHandle = allowPrivateAddresses ? (handle: string) => didOfHandle(clickhouse, handle) : undefined;
  const lookUps = {
    perCaller: createRateLimit({ burst: 30, perSecond: 0.5 }),
    inAll: createRateLimit({ burst: 300, perSecond: 20 }, { maxNames: 1 }),
  };
  return createAccounts({ dids, handles: createHandles({ dids, safeFetch }), lookUps, indexedHandle });
}

/** The header that lifts a PDS's limits is the operator's secret: it goes to the hosts it is meant for only. */
function makePdsClient(env: SearchEnvironment): PdsClient {
  const { MAGIC_HEADER_VAL: value, MAGIC_HEADER_HOSTS: hosts, ALLOW_PRIVATE_ADDRESSES: isTest } = env;
  const isMeant = (pds: string) => {
    const { hostname, protocol } = new URL(pds);
    return (
      isTest || (protocol === 'https:' && hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`)))
    );
  };
  return createPdsClient({
    safeFetch: createSafeFetch({ allowPrivateAddresses: isTest, timeoutMs: PDS_TIMEOUT_MS, maxBytes: PDS_MAX_BYTES }),
    headersFor: (pds): Record<string, string> =>
      value !== undefined && isMeant(pds) ? { 'x-ratelimit-bypass': value } : {},
  });
}

function makeSpool(env: SearchEnvironment): Promise<Spool> {
  const directory =
    env.SPOOL_DIRECTORY ?? join(tmpdir(), `updraft-search-${env.LISTEN_ADDRESS.replaceAll(/[^\w.-]/g, '-')}`);
  const maxBytes = env.EXPORT_MAX_BYTES;
  const fetchOptions = { timeoutMs: DOWNLOAD_TIMEOUT_MS, maxBytes: maxBytes + 1_000_000 };
  const safeFetch = createSafeFetch({ allowPrivateAddresses: env.ALLOW_PRIVATE_ADDRESSES, ...fetchOptions });
  return createSpool({
    safeFetch,
    directory,
    maxBytes,
    userAgent: USER_AGENT,
    idleTimeoutMs: env.EXPORT_IDLE_TIMEOUT,
    minBytesPerSecond: env.EXPORT_MIN_RATE,
  });
}

interface CleanupParts {
  readonly accounts: Accounts;
  readonly pdsClient: PdsClient;
  readonly spool: Spool;
  readonly metrics: SearchMetrics;
}

/** Undefined without a key for the tokens: nothing could be stored. */
function makeCleanups(
  deps: SearchDeps,
  parts: CleanupParts,
): { cleanups: Cleanups; worker: CleanupWorker } | undefined {
  const { env, clickhouse, redis, log } = deps;
  if (env.CLEANUP_TOKEN_KEY.length === 0) {
    log.warn({}, 'CLEANUP_TOKEN_KEY is not set: clean-ups are off');
    return undefined;
  }
  const { accounts, pdsClient, spool, metrics } = parts;
  const plan = createPlan(spool, accounts, createCountLikes(clickhouse));
  const common = {
    store: createCleanupJobStore(clickhouse),
    accounts,
    sessions: createSessions(pdsClient),
    seal: createTokenSeal(env.CLEANUP_TOKEN_KEY),
    leases: makeLeases(deps),
    now: Date.now,
  };
  const worker = createCleanupWorker({
    ...common,
    plan,
    policy: { ...DEFAULT_POLICY, minWaitMs: env.CLEANUP_RETRY_WAIT, maxFailures: env.CLEANUP_MAX_TRIES },
    random: Math.random,
    log,
    pollMs: env.CLEANUP_POLL_INTERVAL,
    maxConcurrent: 2,
    onRun: (state) => metrics.cleanupRuns.inc({ state }),
  });
  const signIns = createCallLimit({ redis, name: 'sign-in', max: 5, perMs: 60_000 });
  const startDeps = { ...common, plan: limitPlans(plan, { atOnce: 2 }), signIns, onJob: worker.poke };
  return {
    worker,
    cleanups: {
      store: common.store,
      poke: worker.poke,
      start: (request, signal) => startCleanup(startDeps, request, signal),
    },
  };
}

/** Work that one instance does for all stops in time when Redis can't be reached: two would do it twice. */
function makeLeases({ env, redis }: Pick<SearchDeps, 'env' | 'redis'>): Leases {
  return createLeases({
    redis,
    prefix: 'lease:',
    ttlMs: env.CLEANUP_LEASE_TTL,
    fences: 'count',
    whenUnreachable: 'lose',
  });
}
