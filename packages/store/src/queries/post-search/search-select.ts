import { PRIORITIES } from '../../clickhouse/settings.ts';
import type { CallOptions, ClickHouse, QueryParams } from '../../clickhouse/types.ts';
import { TimeoutError } from '../../errors.ts';
import type { Shape } from '../../row-binary/shape.ts';
import { SEARCH_TIMEOUT_MS } from './found-post.ts';

/** The rows of a SELECT, within what is left of the whole search's time. */
export type SearchSelect = <Row>(
  sql: string,
  shape: Shape<Row>,
  params: QueryParams,
  options?: Pick<CallOptions, 'settings' | 'lists'>,
) => Promise<Row[]>;

/** A search that takes longer than this goes on in the background. */
const LONG_MS = 400;

/**
 * Selects of one search. One that takes long yields to those that begin: its statement is stopped and begun again in the
 * background, since a running statement keeps its priority. On a cluster it is not stopped: a local engine may end when a statement that it
 * runs for another server is stopped.
 */
export function searchSelect(clickhouse: ClickHouse): SearchSelect {
  const startedAt = performance.now();
  const isCluster = clickhouse.rowsDatabase !== clickhouse.database;
  const leftOf = (ms: number) => Math.floor(ms - (performance.now() - startedAt));
  return async (sql, shape, params, options = {}) => {
    const firstMs = leftOf(LONG_MS);
    if (firstMs > 0 && !isCluster) {
      try {
        return await clickhouse.query(sql, shape, params, { ...options, timeoutMs: firstMs });
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
      }
    }
    const isLong = leftOf(LONG_MS) <= 0;
    return clickhouse.query(sql, shape, params, {
      ...options,
      ...(isLong && { settings: { ...options.settings, ...PRIORITIES.background, max_threads: 1 } }),
      timeoutMs: Math.max(1, leftOf(SEARCH_TIMEOUT_MS)),
    });
  };
}
