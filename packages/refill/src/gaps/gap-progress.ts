/** How far a gap's stretch was read from a source. */
export interface GapProgress {
  readonly source: string;
  /** Where the gap began, as it was known then, in microseconds since 1970. */
  readonly fromTime: number;
  /** What the source calls the place. */
  readonly mark: number;
  readonly events: number;
}

/**
 * The saved progress if it is of this source and has the stretch from its start on: a gap that turns out to begin earlier is read anew, one
 * that ends later is read on.
 */
export function readGapProgress(saved: unknown, source: string, fromTime: number): GapProgress | undefined {
  if (typeof saved !== 'object' || saved === null) return undefined;
  const read: Partial<Record<keyof GapProgress, unknown>> = saved;
  const [savedFrom, mark, events] = [read.fromTime, read.mark, read.events].map(Number);
  if (read.source !== source || savedFrom === undefined || !(savedFrom <= fromTime)) return undefined;
  if (!Number.isSafeInteger(mark) || !Number.isSafeInteger(events)) return undefined;
  return { source, fromTime: savedFrom, mark: mark ?? 0, events: events ?? 0 };
}
