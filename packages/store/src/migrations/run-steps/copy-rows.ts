import type { ClickHouse } from '../../clickhouse/types.ts';
import { type CopyNotes, createCopyNotebook, type StreamNote } from './notes.ts';
import type { StepContext } from './step.ts';

/** Copies the rows of the old tables into record_rows and post_rows, newest first. */
export async function copyRows({ target }: StepContext): Promise<void> {
  const [database] = target.databases;
  if (database === undefined) return;
  const notebook = createCopyNotebook(target);
  const notes: CopyNotes = (await notebook.read()) ?? { streams: await readStreams(database), copiedFrom: {} };
  await notebook.write(notes);
}

function readStreams(database: ClickHouse): Promise<StreamNote[]> {
  return database.query<StreamNote>(
    'SELECT stream, progress_json AS progressJson, toFloat64(last_seq) AS lastSeq FROM ingest_progress FINAL ORDER BY stream',
  );
}
