import { quoteName } from '../../clickhouse/quote.ts';
import { PRIORITIES } from '../../clickhouse/settings.ts';
import type { CallOptions, ClickHouse } from '../../clickhouse/types.ts';
import { setRetention } from '../../retention/retention.ts';
import { COPY_LIKES_WITHOUT_JSON, copyPostsSql, copyRecordsSql, OF_OLD_FORM, rejectBadRevsSql } from './copy-sql.ts';
import { type CopyNotes, createCopyNotebook, type StreamNote } from './notes.ts';
import { countHours, hasOldForm, readOldRetention, requireRoom } from './old-store.ts';
import { planSlices, type Slice } from './slices.ts';
import type { StepContext } from './step.ts';

/** A day: a slice takes seconds, on whatever server. It leaves the services their breath. */
const COPY: CallOptions = {
  timeoutMs: 86_400_000,
  settings: {
    ...PRIORITIES.background,
    max_threads: 2,
    max_memory_usage: 3_000_000_000,
    join_algorithm: 'hash',
    optimize_on_insert: 0,
    throw_on_max_partitions_per_insert_block: 0,
  },
};

/**
 * Copies the rows of the old tables into record_rows and post_rows, newest first, in slices. Indexer, feeds and searches go on with the old
 * tables meanwhile. It notes where each stream stands when it begins, and after each slice how far it is.
 */
export async function copyRows(context: StepContext): Promise<void> {
  const [database] = context.target.databases;
  if (database === undefined) return;
  const notebook = createCopyNotebook(context.target);
  let notes: CopyNotes = (await notebook.read()) ?? { streams: await readStreams(database), copiedFrom: {} };
  await notebook.write(notes);
  const servers = await Promise.all(
    context.target.rows.map((rows, index) =>
      planServer(rows, { notes, name: String(index), sliceRows: context.sliceRows }),
    ),
  );
  for (const { rows, left, share } of servers) if (left > 0) await requireRoom(rows, share);
  const total = servers.reduce((sum, { left }) => sum + left, 0);
  let done = 0;
  for (const server of servers) {
    await beginServer(server, database);
    for (const slice of server.slices) {
      context.lock.assertHeld();
      context.signal?.throwIfAborted();
      await copySlice(server, slice, context.signal);
      done += slice.rows;
      context.progress.report({ subject: 'copying records', done, total });
      if (slice.part + 1 < slice.parts) continue;
      notes = { ...notes, copiedFrom: { ...notes.copiedFrom, [server.name]: slice.from } };
      await notebook.write(notes);
    }
  }
}

interface ServerPlan {
  readonly name: string;
  readonly rows: ClickHouse;
  readonly slices: readonly Slice[];
  /** Rows to copy, and their share of all. */
  readonly left: number;
  readonly share: number;
  readonly hasOldForm: boolean;
  /** The JSON of likes, reposts and posts may be gone while they stay. */
  readonly hasLostJson: boolean;
}

async function planServer(
  rows: ClickHouse,
  { notes, name, sliceRows }: { notes: CopyNotes; name: string; sliceRows: number },
): Promise<ServerPlan> {
  const hours = await countHours(rows);
  const slices = planSlices(hours, sliceRows, notes.copiedFrom[name]);
  const left = slices.reduce((sum, slice) => sum + slice.rows, 0);
  const all = hours.reduce((sum, hour) => sum + hour.rows, 0);
  const hasLostJson = (await readOldRetention(rows)).has('repo_records');
  return { name, rows, slices, left, share: left / Math.max(1, all), hasOldForm: await hasOldForm(rows), hasLostJson };
}

async function beginServer({ rows, slices }: ServerPlan, database: ClickHouse): Promise<void> {
  for (const [table, days] of await readOldRetention(rows)) await setRetention(database, table, days);
  if (slices.length > 0)
    await rows.command(rejectBadRevsSql(`${quoteName(database.database)}.rejected_events`), {}, COPY);
}

/** Rows from before 0011 go first: of two of one version the one that was inserted last counts, and those are ours. */
async function copySlice(server: ServerPlan, slice: Slice, signal: AbortSignal | undefined): Promise<void> {
  const { from, to, part, parts } = slice;
  const copy = (sql: string): Promise<void> =>
    server.rows.command(sql, { from, to, part, parts }, { ...COPY, ...(signal && { signal }) });
  for (const which of server.hasOldForm ? [OF_OLD_FORM, `NOT (${OF_OLD_FORM})`] : ['1']) {
    await copy(copyRecordsSql(which.replaceAll(/(version|deleted)/g, 'r.$1')));
    await copy(copyPostsSql(which.replaceAll(/(version|deleted)/g, 'p.$1')));
  }
  if (server.hasLostJson) await copy(COPY_LIKES_WITHOUT_JSON);
}

function readStreams(database: ClickHouse): Promise<StreamNote[]> {
  return database.query<StreamNote>(
    'SELECT stream, progress_json AS progressJson, toFloat64(last_seq) AS lastSeq FROM ingest_progress FINAL ORDER BY stream',
  );
}
