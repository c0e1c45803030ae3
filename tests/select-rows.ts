import type { CallOptions, ClickHouse, QueryParams, Shape } from '@updraft/store';

/** The rows of any SELECT: objects by the column's name, with the values that ClickHouse's JSON has. */
export function selectRows<Row = Record<string, unknown>>(
  clickhouse: Pick<ClickHouse, 'query'>,
  sql: string,
  params: QueryParams = {},
  options: CallOptions = {},
): Promise<Row[]> {
  const settings = { date_time_output_format: 'simple', ...options.settings };
  return clickhouse.query(sql, anyShape as Shape<Row>, params, { ...options, settings });
}

/** Takes whatever columns an answer has. */
const anyShape: Shape<unknown> = (columns) => (values) =>
  Object.fromEntries(columns.map(({ name }, index) => [name, values[index]]));
