import { string, uint64 } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** How far a piece of background work has come. */
export interface JobProgressRow {
  readonly name: string;
  readonly progressJson: string;
  /** Microseconds since 1970. */
  readonly version: number;
}

export const jobProgress: Table<JobProgressRow> = defineTable<JobProgressRow>('job_progress', {
  name: string,
  progressJson: string,
  version: uint64,
});
