import { MEMORY_LIMIT_EXCEEDED } from '../../clickhouse/error-codes.ts';
import { quoteName } from '../../clickhouse/quote.ts';
import { PRIORITIES } from '../../clickhouse/settings.ts';
import type { CallOptions, ClickHouse } from '../../clickhouse/types.ts';
import { StoreError } from '../../errors.ts';
import { setRetention } from '../../retention/retention.ts';
import { COPY_LIKES_WITHOUT_JSON, copyPostsSql, copyRecordsSql, OF_OLD_FORM, rejectBadRevsSql } from './copy-sql.ts';
import { eraseAgain } from './erase-again.ts';
import { type CopyNotes, createCopyNotebook } from './notes.ts';
import { countHours, hasOldForm, readOldRetention, requireRoom } from './old-store.ts';
import { planSlices, type Slice } from './slices.ts';
import type { StepContext } from './step.ts';

/** A day of time, though a slice takes seconds. In the background, so that the services go on. */
const COPY: CallOptions = {
  timeoutMs: 86_400_000,
  settings: {
    ...PRIORITIES.background,
    max_threads: 2,
    join_algorithm: 'hash',
    optimize_on_insert: 0,
    throw_on_max_partitions_per_insert_block: 0,
  },
};

/**
 * Copies the rows of the old tables into record_rows and post_rows, newest first, in slices. Indexer, feeds and searches go on with the old
 * tables meanwhile. It notes how far each stream is when it begins, and after each slice how far the copy is.
 */
export async function copyRows(context: StepContext): Promise<void> {
  const [database] = context.target.databases;
  if (database === undefined) return;
  const { rowsDatabase } = database;
  const notebook = createCopyNotebook(context.target);
  let notes = await notebook.read();
  await notebook.write(notes);
  const retention = await readOldRetention(database, rowsDatabase);
  const servers = await Promise.all(
    context.target.rows.map((rows, index) => planServer(rows, String(index), notes.copiedFrom, context.sliceRows)),
  );
  for (const { rows, left, share } of servers) if (left > 0) await requireRoom(rows, rowsDatabase, share);
  if (Object.keys(notes.copiedFrom).length === 0)
    for (const [table, days] of retention) await setRetention(database, table, days);
  const total = servers.reduce((sum, { left }) => sum + left, 0);
  let done = 0;
  const report = (): void => context.progress.report({ subject: 'copying records', done, total, unit: 'rows' });
  if (total > 0) report();
  for (const server of servers) {
    if (server.left > 0) await server.rows.command(rejectBadRevsSql(rejectedEvents(database)), {}, COPY);
    for (const slice of server.slices) {
      context.lock.assertHeld();
      context.signal?.throwIfAborted();
      await copyWithin(context, server, slice);
      done += slice.rows;
      report();
      if (slice.part + 1 < slice.parts) continue;
      notes = { ...notes, copiedFrom: { ...notes.copiedFrom, [server.name]: slice.from } };
      await notebook.write(notes);
    }
  }
  await eraseAgain(database, notes.begunAt);
}

function rejectedEvents({ database }: ClickHouse): string {
  return `${quoteName(database)}.rejected_events`;
}

interface ServerPlan {
  readonly name: string;
  readonly rows: ClickHouse;
  readonly slices: readonly Slice[];
  /** Rows to copy, and their share of all. */
  readonly left: number;
  readonly share: number;
  readonly hasOldForm: boolean;
}

async function planServer(
  rows: ClickHouse,
  name: string,
  copiedFrom: CopyNotes['copiedFrom'],
  sliceRows: number,
): Promise<ServerPlan> {
  const hours = await countHours(rows);
  const slices = planSlices(hours, sliceRows, copiedFrom[name]);
  const left = slices.reduce((sum, slice) => sum + slice.rows, 0);
  const all = hours.reduce((sum, hour) => sum + hour.rows, 0);
  return { name, rows, slices, left, share: left / Math.max(1, all), hasOldForm: await hasOldForm(rows) };
}

/** Records may be megabytes each: where a slice takes more memory than it may, its keys go in parts. */
async function copyWithin(context: StepContext, server: ServerPlan, slice: Slice): Promise<void> {
  try {
    return await copySlice(context, server, slice);
  } catch (error) {
    const isTooMuch = error instanceof StoreError && error.code === MEMORY_LIMIT_EXCEEDED;
    if (!isTooMuch || slice.parts > MAX_PARTS) throw error;
  }
  for (let nth = 0; nth < SPLIT; nth++) {
    context.lock.assertHeld();
    await copyWithin(context, server, { ...slice, part: slice.part + nth * slice.parts, parts: slice.parts * SPLIT });
  }
}

const SPLIT = 8;
const MAX_PARTS = 100_000;

/**
 * Rows from before 0011 go first: of two of one version the one that was inserted last counts, and those are ours. Likes without their
 * JSON may be there though no retention is: of one that there was.
 */
async function copySlice(
  { signal, sliceMemory }: StepContext,
  server: ServerPlan,
  { from, to, part, parts }: Slice,
): Promise<void> {
  const settings = { ...COPY.settings, max_memory_usage: sliceMemory };
  const copy = (sql: string): Promise<void> =>
    server.rows.command(sql, { from, to, part, parts }, { ...COPY, settings, ...(signal && { signal }) });
  for (const which of server.hasOldForm ? [OF_OLD_FORM, `NOT (${OF_OLD_FORM})`] : ['1']) {
    await copy(copyRecordsSql(which.replaceAll(/(version|deleted)/g, 'r.$1')));
    await copy(copyPostsSql(which.replaceAll(/(version|deleted)/g, 'p.$1')));
  }
  await copy(COPY_LIKES_WITHOUT_JSON);
}
