import { backoff, type HealthCheck, type Logger } from '@updraft/service';
import {
  type BatchWriter,
  type BatchWriterHooks,
  type CursorStore,
  checkRedis,
  createBatchWriter,
  createClickHouse,
  createCursorStore,
  createRedis,
} from '@updraft/store';
import type { IndexerConfig } from './config.ts';
import type { CrashPoints } from './crash-points.ts';
import type { IndexerMetrics } from './metrics.ts';
import { untilReachable } from './start-up.ts';
import type { IndexerStatus } from './status.ts';

/** ClickHouse and Redis, as the pipeline needs them. */
export interface Stores extends AsyncDisposable {
  readonly writer: BatchWriter;
  readonly cursor: CursorStore;
  /** Whether both answer now. */
  check(): Promise<HealthCheck[]>;
}

export interface OpenStoresOptions {
  readonly config: Pick<IndexerConfig, 'clickhouse' | 'redis'>;
  readonly metrics: Pick<IndexerMetrics, 'rowsWritten' | 'writeRetry' | 'writeHeld' | 'rejected'>;
  readonly status: Pick<IndexerStatus, 'active'>;
  readonly crash: CrashPoints;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const WRITE_BACKOFF = { minMs: 100, maxMs: 10_000 };
const CHECK_TIMEOUT_MS = 3_000;

/**
 * Connects and waits until both answer, for a bounded time.
 * @throws SetupError when a person has to put something right: an address, a password, the migrations.
 */
export async function openStores(options: OpenStoresOptions): Promise<Stores> {
  const { config, log, crash, signal } = options;
  const clickhouse = await untilReachable({ name: 'CLICKHOUSE_ADDRESS', log, signal }, async () =>
    createClickHouse({ ...config.clickhouse, log }),
  );
  const redis = await untilReachable({ name: 'REDIS_ADDRESS', log, signal }, async () =>
    createRedis({ address: config.redis.address, log }),
  );
  const close = async (): Promise<void> => {
    redis.disconnect();
    await clickhouse.close();
  };
  const cursor = createCursorStore({
    redis,
    clickhouse,
    prefix: config.redis.prefix,
    log,
    onProgressWritten: () => crash.pass('after-progress'),
  });
  const ping = (): Promise<void> => clickhouse.ping({ timeoutMs: CHECK_TIMEOUT_MS });
  try {
    await untilReachable({ name: 'CLICKHOUSE_ADDRESS', log, signal }, ping);
    await untilReachable({ name: 'REDIS_ADDRESS', log, signal }, () => checkRedis(redis));
    // Reads a table, and so tells whether the migrations have run.
    await untilReachable({ name: 'CLICKHOUSE_ADDRESS', log, signal }, () => cursor.load());
  } catch (error) {
    await close();
    throw error;
  }
  return {
    writer: createBatchWriter({
      clickhouse,
      log,
      metrics: writerHooks(options),
      backoff: () => backoff(WRITE_BACKOFF),
    }),
    cursor,
    check: async () => [await check('clickhouse', ping), await check('redis', () => checkRedis(redis))],
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

async function check(name: string, answers: () => Promise<unknown>): Promise<HealthCheck> {
  try {
    await answers();
    return { name, ok: true };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
