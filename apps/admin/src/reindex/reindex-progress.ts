/** How far a reindex is: its current hour, and the last post read there. */
export interface ReindexProgress {
  /** The oldest hour to read. */
  readonly fromHour: number;
  /** Infinity before the first post. */
  readonly hour: number;
  readonly did: string;
  readonly rkey: string;
  readonly read: number;
  readonly written: number;
}

export function startOf(fromHour: number): ReindexProgress {
  return { fromHour, hour: Number.POSITIVE_INFINITY, did: '', rkey: '', read: 0, written: 0 };
}

/** The progress with the older of two ends: the newest posts come first, so the older ones are still to come. */
export function reachingTo(progress: ReindexProgress, fromHour: number): ReindexProgress {
  return { ...progress, fromHour: Math.min(progress.fromHour, fromHour) };
}

/** The saved progress; undefined when none was saved, or the last reindex was completed. */
export function readProgress(saved: unknown): ReindexProgress | undefined {
  if (typeof saved !== 'object' || saved === null) return undefined;
  const { fromHour, hour, did, rkey, read, written }: Partial<Record<keyof ReindexProgress, unknown>> = saved;
  if (typeof did !== 'string' || typeof rkey !== 'string') return undefined;
  const numbers = { fromHour: Number(fromHour), hour: Number(hour), read: Number(read), written: Number(written) };
  return Object.values(numbers).every(Number.isSafeInteger) ? { ...numbers, did, rkey } : undefined;
}
