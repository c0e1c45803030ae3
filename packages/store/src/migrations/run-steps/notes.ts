import { z } from 'zod';
import { readValue } from '../../clickhouse/read-value.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { string, uint64 } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { createProgressStore } from '../../tables/job-progress.ts';
import type { MigrationTarget } from '../target.ts';

/** What the copy remembers between two tries, in job_progress. */
export interface CopyNotes {
  /** Where each stream stood when the copy began. */
  readonly streams: readonly StreamNote[];
  /** The table that is filled: notes of another one, which is gone, say nothing. */
  readonly uuid: string;
  /** When the copy began, by the server's clock. */
  readonly begunAt: string;
  /** By server: all hours from this one on are copied. */
  readonly copiedFrom: Readonly<Record<string, number>>;
}

export interface StreamNote {
  readonly stream: string;
  readonly progressJson: string;
  readonly lastSeq: number;
}

export interface CopyNotebook {
  /** Those of the copy that was begun; without any, of one that begins now. */
  read(): Promise<CopyNotes>;
  write(notes: CopyNotes): Promise<void>;
}

const NAME = 'migration 0013: copied rows';

const Notes = z.object({
  uuid: z.string(),
  begunAt: z.string(),
  streams: z.array(z.object({ stream: z.string(), progressJson: z.string(), lastSeq: z.number() })),
  copiedFrom: z.record(z.string(), z.number()),
});

export function createCopyNotebook({ databases: [database] }: MigrationTarget): CopyNotebook {
  if (database === undefined) throw new Error('a target without servers');
  const store = createProgressStore(database);
  return {
    read: async () => {
      const uuid = await uuidOfRecordRows(database);
      const found = await store.load(NAME);
      const notes = found === undefined ? undefined : Notes.parse(found);
      if (notes?.uuid === uuid) return notes;
      return { uuid, begunAt: await now(database), streams: await readStreams(database), copiedFrom: {} };
    },
    write: (notes) => store.save(NAME, notes, Date.now() * 1000),
  };
}

async function uuidOfRecordRows(database: ClickHouse): Promise<string> {
  const sql =
    "SELECT toString(uuid) AS value FROM system.tables WHERE database = {rows:String} AND name = 'record_rows'";
  return (await readValue(database, string, sql, { rows: database.rowsDatabase })) ?? '';
}

export function readStreams(database: ClickHouse): Promise<StreamNote[]> {
  return database.query(
    'SELECT stream, progress_json, last_seq FROM ingest_progress FINAL ORDER BY stream',
    shape({ stream: string, progressJson: string, lastSeq: uint64 }),
  );
}

async function now(database: ClickHouse): Promise<string> {
  return (await readValue(database, string, "SELECT toString(now64(3, 'UTC')) AS value")) ?? '';
}
