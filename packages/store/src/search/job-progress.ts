import type { ClickHouse } from '../clickhouse/types.ts';
import { insertRows } from '../feeds/insert-rows.ts';
import { jobProgress } from '../tables/job-progress.ts';

/** Remembers how far background work has come, by its name. */
export interface ProgressStore {
  load(name: string): Promise<unknown>;
  save(name: string, progress: unknown, atMicros: number): Promise<void>;
}

export function createProgressStore(clickhouse: ClickHouse): ProgressStore {
  return {
    load: async (name) => {
      const [row] = await clickhouse.query<{ progress_json: string }>(
        'SELECT progress_json FROM job_progress FINAL WHERE name = {name:String}',
        { name },
      );
      const progress: unknown = row === undefined ? undefined : JSON.parse(row.progress_json);
      return progress;
    },
    save: (name, progress, atMicros) =>
      insertRows(clickhouse, jobProgress, [{ name, progressJson: JSON.stringify(progress), version: atMicros }]),
  };
}
