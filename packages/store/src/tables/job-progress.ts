import { insertRows } from '../clickhouse/insert-rows.ts';
import { readValue } from '../clickhouse/read-value.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { string, uint64 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** How far a background job is. */
export const jobProgress = defineTable('job_progress', {
  name: string,
  progressJson: string,
  /** Microseconds since 1970. */
  version: uint64,
});

/** Remembers how far each background job is, by its name. */
export interface ProgressStore {
  load(name: string): Promise<unknown>;
  save(name: string, progress: unknown, atMicros: number): Promise<void>;
}

/** The names of the jobs that begin so. */
export async function progressNames(clickhouse: ClickHouse, prefix: string): Promise<string[]> {
  const sql = 'SELECT DISTINCT name FROM job_progress WHERE startsWith(name, {prefix:String})';
  return (await clickhouse.query(sql, shape({ name: string }), { prefix })).map(({ name }) => name);
}

export function createProgressStore(clickhouse: ClickHouse): ProgressStore {
  return {
    load: async (name) => {
      const sql = 'SELECT progress_json AS value FROM job_progress FINAL WHERE name = {name:String}';
      const json = await readValue(clickhouse, string, sql, { name });
      const progress: unknown = json === undefined ? undefined : JSON.parse(json);
      return progress;
    },
    save: (name, progress, atMicros) =>
      insertRows(clickhouse, jobProgress, [{ name, progressJson: JSON.stringify(progress), version: atMicros }]),
  };
}
