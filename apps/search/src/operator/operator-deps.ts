import type { Logger } from '@updraft/service';
import type { ClickHouse, Redis } from '@updraft/store';

/** What answers for operators are made from. */
export interface OperatorDeps {
  readonly clickhouse: ClickHouse;
  readonly redis: Redis;
  /** REDIS_PREFIX. */
  readonly prefix: string;
  readonly log: Logger;
  /** For how long callers share an answer. */
  readonly ttlMs: number;
}

export const isoTime = (ms: number): string => new Date(ms).toISOString();
