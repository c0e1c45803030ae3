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

/** Whatever a wrong clock or a process with a fault wrote, it is a time: beyond the years 0 to 9999 their ends. */
export const isoTime = (ms: number): string => new Date(Math.min(Math.max(ms, FIRST_MS), LAST_MS)).toISOString();

const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
