import { type ClickHouse, type ColumnMatch, type ProgressStore, readSource, sourceParts } from '@updraft/store';
import type { ImportRows } from './row-importers.ts';
import { IMPORTS, type ImportedTable } from './wanted.ts';

export interface CopyOptions {
  readonly source: ClickHouse;
  readonly table: ImportedTable;
  readonly match: ColumnMatch;
  readonly importRows: ImportRows;
  readonly progress: ProgressStore;
  /** The name that the progress is kept under. */
  readonly name: string;
  readonly note: (line: string) => void;
}

export interface CopyReport {
  /** Rows read in this run. */
  readonly rows: number;
  readonly leftOut: ReadonlyMap<string, number>;
}

/** Rows read and written at once. */
const STRETCH_ROWS = 50_000;

/**
 * Copies a table part by part, and saves its progress after every few rows: an interrupted copy continues there. Parts that the source
 * has merged since are copied again: rows that come twice change nothing.
 */
export async function copyTable(options: CopyOptions): Promise<CopyReport> {
  const { source, table, match, importRows, progress, name, note } = options;
  const leftOut = new Map<string, number>();
  const saved = readProgress(await progress.load(name));
  const done = new Set(saved.done);
  const parts = await sourceParts(source, table);
  const total = parts.reduce((sum, part) => sum + part.rows, 0);
  let rows = 0;
  for (const part of parts.filter((each) => !done.has(each.name))) {
    let from = saved.part === part.name ? saved.from : 0;
    while (from < part.rows) {
      const to = Math.min(from + STRETCH_ROWS, part.rows);
      const stretch: unknown[] = [];
      for await (const chunk of readSource(source, { table, wanted: IMPORTS[table], match, part: part.name, from, to }))
        stretch.push(...chunk);
      for (const [reason, count] of await importRows(stretch)) leftOut.set(reason, (leftOut.get(reason) ?? 0) + count);
      rows += stretch.length;
      from = to;
      await progress.save(name, { done: [...done], part: part.name, from }, Date.now() * 1000);
      note(`${table}: ${rows} rows read, of ${total}`);
    }
    done.add(part.name);
  }
  await progress.save(name, { done: [...done], part: '', from: 0 }, Date.now() * 1000);
  return { rows, leftOut };
}

interface CopyProgress {
  readonly done: readonly string[];
  readonly part: string;
  readonly from: number;
}

function readProgress(value: unknown): CopyProgress {
  const { done, part, from }: Partial<Record<keyof CopyProgress, unknown>> =
    typeof value === 'object' && value !== null ? value : {};
  return {
    done: Array.isArray(done) ? done.map(String) : [],
    part: typeof part === 'string' ? part : '',
    from: Number(from ?? 0),
  };
}
