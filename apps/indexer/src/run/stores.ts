import { backoff, type HealthCheck, type Logger } from '@updraft/service';
import {
  type BatchWriter,
  type BatchWriterHooks,
  type ClickHouse,
  type CursorStore,
  checkRedis,
  checkStores,
  checkTables,
  createBatchWriter,
  createClickHouse,
  createCursorStore,
  createErasedAccounts,
  createRedis,
  type ErasedAccounts,
  PRIORITIES,
  type Redis,
  withCallOptions,
} from '@updraft/store';
import type { IndexerConfig } from '../config.ts';
import { followErasures } from '../intake/erasures.ts';
import { activeLeaseKey } from '../lease/active.ts';
import type { Hooks } from './hooks.ts';
import { untilReachable } from './start-up.ts';

/** ClickHouse and Redis, as the pipeline needs them. */
export interface Stores extends AsyncDisposable {
  readonly clickhouse: ClickHouse;
  readonly redis: Redis;
  readonly writer: BatchWriter;
  readonly cursor: CursorStore;
  /** Kept up to date until disposed. */
  readonly erased: ErasedAccounts;
  /** Whether both answer now. */
  check(): Promise<HealthCheck[]>;
}

export interface OpenStoresOptions {
  readonly config: Pick<IndexerConfig, 'clickhouse' | 'redis'>;
  readonly writerHooks: BatchWriterHooks;
  readonly hooks?: Hooks | undefined;
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
  const { config, writerHooks, hooks, log, signal } = options;
  await using opened = new AsyncDisposableStack();
  const { clickhouse, redis } = await connect(options, opened);
  const erased = createErasedAccounts(clickhouse);
  const cursor = createCursorStore({
    redis,
    clickhouse,
    prefix: config.redis.prefix,
    log,
    leaseKey: activeLeaseKey(config.redis.prefix),
    onProgressWritten: () => hooks?.passed('after-progress'),
  });
  const ping = (): Promise<void> => clickhouse.ping({ timeoutMs: CHECK_TIMEOUT_MS });
  const inClickHouse = { name: 'CLICKHOUSE_ADDRESS', log, signal };
  await untilReachable(inClickHouse, ping);
  await untilReachable({ name: 'REDIS_ADDRESS', log, signal }, () => checkRedis(redis));
  // These read tables, and so tell whether the migrations have run.
  await untilReachable(inClickHouse, () => checkTables(clickhouse));
  await untilReachable(inClickHouse, () => cursor.load());
  await untilReachable(inClickHouse, () => erased.refresh());
  const closing = opened.adopt(new AbortController(), (controller) => controller.abort());
  void followErasures(erased, log, closing.signal);
  const writer = createBatchWriter({ clickhouse, log, metrics: writerHooks, backoff: () => backoff(WRITE_BACKOFF) });
  const open = opened.move();
  return {
    clickhouse,
    redis,
    writer: hooks?.writer(writer) ?? writer,
    cursor,
    erased,
    check: () => checkStores(clickhouse, redis),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Makes the clients, which `opened` closes. */
async function connect(
  { config, log, signal }: OpenStoresOptions,
  opened: AsyncDisposableStack,
): Promise<{ clickhouse: ClickHouse; redis: Redis }> {
  const clickhouse = await untilReachable({ name: 'CLICKHOUSE_ADDRESS', log, signal }, async () =>
    withCallOptions(createClickHouse({ ...config.clickhouse, log }), { settings: PRIORITIES.indexer }),
  );
  opened.defer(() => clickhouse.close());
  const redis = await untilReachable({ name: 'REDIS_ADDRESS', log, signal }, async () =>
    createRedis({ address: config.redis.address, password: config.redis.password, log }),
  );
  opened.defer(() => redis.disconnect());
  return { clickhouse, redis };
}
