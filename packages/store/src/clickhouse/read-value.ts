import { type Codec, uint64 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import type { CallOptions, ClickHouse, QueryParams } from './types.ts';

/** What a SELECT of one row and the one column `value` answers; undefined without a row. */
export async function readValue<T>(
  clickhouse: ClickHouse,
  codec: Codec<T>,
  sql: string,
  params?: QueryParams,
  options?: CallOptions,
): Promise<T | undefined> {
  const [row] = await clickhouse.query(sql, shape({ value: codec }), params, options);
  return row?.value;
}

/** The number that a SELECT of one row and the one column `value` answers, such as `count() AS value`. */
export async function readCount(
  clickhouse: ClickHouse,
  sql: string,
  params?: QueryParams,
  options?: CallOptions,
): Promise<number> {
  return (await readValue(clickhouse, uint64, sql, params, options)) ?? 0;
}
