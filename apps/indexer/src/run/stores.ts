import { backoff, type HealthCheck, type Logger } from '@updraft/service';
import {
  type BatchWriter,
  type BatchWriterHooks,
  type CursorStore,
  checkRedis,
  checkStores,
  checkTables,
  createBatchWriter,
  createClickHouse,
  createCursorStore,
  createErasedAccounts,
  createLeases,
  createRedis,
  type ErasedAccounts,
  type Leases,
  PRIORITIES,
  withCallOptions,
} from '@updraft/store';
import type { IndexerConfig } from '../config.ts';
import { followErasures } from '../intake/erasures.ts';
import { ACTIVE_LEASE } from '../lease/active.ts';
import { isProcessAlive, readLeaseOwner } from '../lease/lease-owner.ts';
import type { IndexerMetrics } from '../watch/metrics.ts';
import type { IndexerStatus } from '../watch/status.ts';
import type { Hooks } from './hooks.ts';
import { untilReachable } from './start-up.ts';

/** ClickHouse and Redis, as the pipeline needs them. */
export interface Stores extends AsyncDisposable {
  readonly writer: BatchWriter;
  readonly cursor: CursorStore;
  /** Looked up every few seconds until disposed. */
  readonly erased: Pick<ErasedAccounts, 'has'>;
  /** Of the one indexer that reads the stream. */
  readonly leases: Leases;
  /** Whether both answer now. */
  check(): Promise<HealthCheck[]>;
}

export interface OpenStoresOptions {
  readonly config: Pick<IndexerConfig, 'clickhouse' | 'redis'> & Partial<Pick<IndexerConfig, 'leaseTtlMs'>>;
  readonly metrics: Pick<IndexerMetrics, 'rowsWritten' | 'writeRetry' | 'writeHeld' | 'rejected'>;
  readonly status: Pick<IndexerStatus, 'active'>;
  readonly hooks?: Hooks | undefined;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const WRITE_BACKOFF = { minMs: 100, maxMs: 10_000 };
const CHECK_TIMEOUT_MS = 3_000;
const LEASE_TTL_MS = 6_000;

/**
 * Connects and waits until both answer, for a bounded time.
 * @throws SetupError when a person has to put something right: an address, a password, the migrations.
 */
export async function openStores(options: OpenStoresOptions): Promise<Stores> {
  const { config, log, hooks, signal } = options;
  const clickhouse = await untilReachable({ name: 'CLICKHOUSE_ADDRESS', log, signal }, async () =>
    withCallOptions(createClickHouse({ ...config.clickhouse, log }), { settings: PRIORITIES.indexer }),
  );
  const redis = await untilReachable({ name: 'REDIS_ADDRESS', log, signal }, async () =>
    createRedis({ address: config.redis.address, password: config.redis.password, log }),
  );
  const erased = createErasedAccounts(clickhouse);
  const closing = new AbortController();
  const close = async (): Promise<void> => {
    closing.abort();
    redis.disconnect();
    await clickhouse.close();
  };
  const leasePrefix = `${config.redis.prefix}:indexer:`;
  const cursor = createCursorStore({
    redis,
    clickhouse,
    prefix: config.redis.prefix,
    log,
    leaseKey: `${leasePrefix}${ACTIVE_LEASE}`,
    onProgressWritten: () => hooks?.passed('after-progress'),
  });
  const ping = (): Promise<void> => clickhouse.ping({ timeoutMs: CHECK_TIMEOUT_MS });
  try {
    await untilReachable({ name: 'CLICKHOUSE_ADDRESS', log, signal }, ping);
    await untilReachable({ name: 'REDIS_ADDRESS', log, signal }, () => checkRedis(redis));
    await untilReachable({ name: 'CLICKHOUSE_ADDRESS', log, signal }, () => checkTables(clickhouse));
    // Reads a table, and so tells whether the migrations have run.
    await untilReachable({ name: 'CLICKHOUSE_ADDRESS', log, signal }, () => cursor.load());
    await untilReachable({ name: 'CLICKHOUSE_ADDRESS', log, signal }, () => erased.refresh());
  } catch (error) {
    await close();
    throw error;
  }
  void followErasures(erased, log, closing.signal);
  const writer = createBatchWriter({
    clickhouse,
    log,
    metrics: writerHooks(options),
    backoff: () => backoff(WRITE_BACKOFF),
  });
  return {
    erased,
    writer: hooks?.writer(writer) ?? writer,
    cursor,
    leases: createLeases({
      redis,
      prefix: leasePrefix,
      // Redis away must not stop the index. Two indexers write the same rows; the fence keeps the elder from the cursor.
      whenUnreachable: 'keep',
      fences: 'clock',
      owner: await readLeaseOwner(process.pid),
      ttlMs: config.leaseTtlMs ?? LEASE_TTL_MS,
      isAlive: isProcessAlive,
    }),
    check: () => checkStores(clickhouse, redis),
    [Symbol.asyncDispose]: close,
  };
}

function writerHooks({ metrics, status }: OpenStoresOptions): BatchWriterHooks {
  return {
    onRetry: () => {
      status.active();
      metrics.writeRetry();
    },
    onWritten: (table, rows) => metrics.rowsWritten(table, rows),
    onSetAside: () => metrics.rejected('refused_by_clickhouse'),
    onHeld: (table) => metrics.writeHeld(table),
  };
}
