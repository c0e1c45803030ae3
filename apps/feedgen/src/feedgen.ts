import { backoff, createRateLimit, every, type HttpServer, type Logger } from '@updraft/service';
import {
  type BatchWriter,
  type ClickHouse,
  changeMembership,
  createBatchWriter,
  createErasedAccounts,
  didOfHandle,
  ERASED_INTERVAL_MS,
  feedInteractions,
  feedRequestAnalytics,
  type Redis,
  readMembersPage,
} from '@updraft/store';
import { createRowQueue } from './analytics/row-queue.ts';
import { createViewerCounts } from './analytics/viewer-counts.ts';
import type { Builder } from './builds/builder.ts';
import { createBuilding } from './builds/building.ts';
import { createBus } from './bus.ts';
import type { FeedgenConfig } from './config.ts';
import type { FeedsFile } from './feeds-file/feed.ts';
import { createApp } from './http/app.ts';
import type { FeedgenContext, MemberStore } from './http/context.ts';
import { createIdentity } from './identity.ts';
import { createFeedgenKeyRing } from './keys/key-ring.ts';
import { createFeedgenMembership } from './members/membership.ts';
import { createFeedgenMetrics } from './metrics.ts';

/** What the feed generator is made of. */
export interface FeedgenDeps {
  config: FeedgenConfig;
  file: FeedsFile;
  clickhouse: ClickHouse;
  redis: Redis;
  /** A connection of its own for listening. */
  subscriber: Redis;
  log: Logger;
  /** How often live builds are looked through for posts that went; tests shorten it. */
  cutsIntervalMs?: number;
}

export interface Feedgen {
  readonly app: HttpServer;
  readonly context: FeedgenContext;
  /** By alias. */
  readonly builders: ReadonlyMap<string, Builder>;
  /** Loads what is there, then runs the background work until the signal aborts. Resolves with the promise of its end. */
  start(signal: AbortSignal): Promise<{ ended: Promise<void> }>;
  /** Call after the end of the background work. */
  close(): Promise<void>;
}

/** Puts the parts together; opens and starts nothing but the signature threads. */
export function createFeedgen(deps: FeedgenDeps): Feedgen {
  const { config, file, clickhouse, redis, log } = deps;
  const metrics = createFeedgenMetrics();
  const warn = (what: string) => (error: unknown) => log.warn({ err: error }, what);
  const bus = createBus({ redis, subscriber: deps.subscriber, prefix: config.redis.prefix, log });
  const membership = createFeedgenMembership({ clickhouse, file, bus, onError: warn('members could not be read') });
  const keys = createFeedgenKeyRing({ clickhouse, bus, onError: warn('API keys could not be read') });
  const building = createBuilding({ ...deps, bus, metrics, membership });
  const { signatures, ...identity } = createIdentity(deps, metrics);
  const rows = createRowQueues(deps, metrics);
  const erased = createErasedAccounts(clickhouse);
  const erasedFailed = warn('the list of erased accounts could not be read');
  bus.listen((news) => {
    if (news.kind === 'erased') erased.refresh().catch(erasedFailed);
  });
  const viewerCounts = createViewerCounts({
    redis,
    prefix: config.redis.prefix,
    aliases: [...file.feeds.keys()],
    metrics,
    onError: warn('viewers could not be counted'),
  });
  const context: FeedgenContext = {
    service: config.service,
    file,
    live: building.live,
    cuts: building.cuts,
    membership,
    members: memberStore(clickhouse),
    keys,
    ...identity,
    ...rows,
    erased,
    interactionLimit: createRateLimit({ burst: 60, perSecond: 1 }),
    handleLimit: createRateLimit({ burst: 60, perSecond: 1 }),
    viewerCounts,
    metrics,
    log,
    now: Date.now,
  };
  const background = [
    ...building.builders.values(),
    building.cuts,
    membership,
    keys,
    { run: (signal: AbortSignal) => every(ERASED_INTERVAL_MS, signal, erased.refresh, erasedFailed) },
    rows.requests,
    rows.interactions,
    viewerCounts,
  ];
  return {
    app: createApp(context, config),
    context,
    builders: building.builders,
    start: async (signal) => {
      // What can't be read now is read later: the service starts all the same.
      await Promise.allSettled([building.live.start(signal), membership.refresh(), keys.refresh(), erased.refresh()]);
      return { ended: Promise.all(background.map((part) => part.run(signal))).then(() => {}) };
    },
    close: async () => {
      bus.close();
      await Promise.all([signatures.close(), building.close()]);
    },
  };
}

function createRowQueues({ clickhouse, log }: FeedgenDeps, metrics: FeedgenContext['metrics']) {
  const writer: BatchWriter = createBatchWriter({
    clickhouse,
    log,
    backoff: () => backoff({ minMs: 200, maxMs: 10_000 }),
  });
  const write: BatchWriter['write'] = (blocks, signal) => writer.write(blocks, signal);
  const onError = (error: unknown) => log.warn({ err: error }, 'analytics could not be written');
  return {
    requests: createRowQueue({ table: feedRequestAnalytics, write, metrics, onError }),
    interactions: createRowQueue({ table: feedInteractions, write, metrics, onError }),
  };
}

function memberStore(clickhouse: ClickHouse): MemberStore {
  return {
    page: (query) => readMembersPage(clickhouse, query),
    change: (change) => changeMembership(clickhouse, change),
    didOfHandle: (handle) => didOfHandle(clickhouse, handle),
  };
}
