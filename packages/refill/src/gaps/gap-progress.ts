/** How far a gap's stretch was read from a source. */
export interface GapProgress {
  readonly source: string;
  /** Of the gap as it was known then. */
  readonly fromTime: number;
  readonly toTime: number;
  /** What the source calls the place. */
  readonly mark: number;
  readonly events: number;
}

/** The saved progress if it is of this source and this stretch: a gap that was found longer since is read from its start. */
export function readGapProgress(
  saved: unknown,
  { source, fromTime, toTime }: Pick<GapProgress, 'source' | 'fromTime' | 'toTime'>,
): GapProgress | undefined {
  if (typeof saved !== 'object' || saved === null) return undefined;
  const read: Partial<Record<keyof GapProgress, unknown>> = saved;
  if (read.source !== source || read.fromTime !== fromTime || read.toTime !== toTime) return undefined;
  const [mark, events] = [Number(read.mark), Number(read.events)];
  return Number.isSafeInteger(mark) && Number.isSafeInteger(events)
    ? { source, fromTime, toTime, mark, events }
    : undefined;
}
