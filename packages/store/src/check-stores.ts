import { checkHealth, type HealthCheck } from '@updraft/service';
import type { ClickHouse } from './clickhouse/types.ts';
import type { Redis } from './redis/client.ts';

const TIMEOUT_MS = 3_000;

/** Whether ClickHouse and Redis answer now, for /readyz. */
export function checkStores(clickhouse: ClickHouse, redis: Redis): Promise<HealthCheck[]> {
  return Promise.all([
    checkHealth('clickhouse', () => clickhouse.ping({ timeoutMs: TIMEOUT_MS })),
    checkHealth('redis', () => redis.ping()),
  ]);
}
