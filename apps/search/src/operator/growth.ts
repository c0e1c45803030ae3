import type { StoredSizes } from '@updraft/store';
import { z } from 'zod';

const byName = z.record(z.string(), z.number().nonnegative());

/** Sizes at a moment: bytes of each table, and what is used of each disk, by `server name`. */
export const sizeSample = z.object({ atMs: z.number(), tables: byName, disks: byName });
export type SizeSample = z.output<typeof sizeSample>;

export function sampleOf({ tables, disks }: Pick<StoredSizes, 'tables' | 'disks'>, atMs: number): SizeSample {
  return {
    atMs,
    tables: Object.fromEntries(tables.map(({ name, bytes }) => [name, bytes])),
    disks: Object.fromEntries(disks.map((disk) => [diskName(disk), Math.max(0, disk.totalBytes - disk.freeBytes)])),
  };
}

export function diskName({ server, name }: { readonly server: string; readonly name: string }): string {
  return `${server} ${name}`;
}

const DAY_MS = 86_400_000;
/** Growth is measured over this long at most: what was long ago says little of the next days. */
export const MEASURED_MS = 7 * DAY_MS;
/** And over this long at least: merges come and go within minutes. */
const LEAST_MS = 30 * 60_000;

export interface Growth {
  readonly fromMs: number;
  /** Bytes a day; undefined for what was not there then. */
  table(name: string): number | undefined;
  disk(name: string): number | undefined;
}

/** What grew how fast from the oldest sample that counts until now; undefined while there is none. */
export function growthOf(samples: readonly SizeSample[], now: SizeSample): Growth | undefined {
  const counting = samples.filter(({ atMs }) => atMs >= now.atMs - MEASURED_MS && atMs <= now.atMs - LEAST_MS);
  const [first] = counting.toSorted((a, b) => a.atMs - b.atMs);
  if (first === undefined) return undefined;
  const perDay = (before: number | undefined, after: number | undefined): number | undefined =>
    before === undefined || after === undefined
      ? undefined
      : Math.round(((after - before) / (now.atMs - first.atMs)) * DAY_MS);
  return {
    fromMs: first.atMs,
    // A table that was empty had no parts.
    table: (name) => perDay(first.tables[name] ?? 0, now.tables[name]),
    disk: (name) => perDay(first.disks[name], now.disks[name]),
  };
}

const NEVER_MS = 100 * 365 * DAY_MS;

/** When so many free bytes are used up, in ms since 1970; undefined when they are not, or not in a hundred years. */
export function fullAtMs(freeBytes: number, bytesPerDay: number | undefined, nowMs: number): number | undefined {
  if (bytesPerDay === undefined || bytesPerDay <= 0) return undefined;
  const leftMs = (freeBytes / bytesPerDay) * DAY_MS;
  return leftMs > NEVER_MS ? undefined : nowMs + Math.round(leftMs);
}
