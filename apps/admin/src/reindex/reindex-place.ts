/** How far a reindex is: the hour it is in and the last post done there. */
export interface ReindexPlace {
  /** The oldest hour that is asked for. */
  readonly fromHour: number;
  /** Infinity before the first post. */
  readonly hour: number;
  readonly did: string;
  readonly rkey: string;
  readonly read: number;
  readonly written: number;
}

export function startOf(fromHour: number): ReindexPlace {
  return { fromHour, hour: Number.POSITIVE_INFINITY, did: '', rkey: '', read: 0, written: 0 };
}

/** The same place of a reindex that goes as far back as either asks: the newest posts come first, so older ones are still to come. */
export function reachingTo(place: ReindexPlace, fromHour: number): ReindexPlace {
  return { ...place, fromHour: Math.min(place.fromHour, fromHour) };
}

/** Where to go on, of what was saved; undefined when nothing was begun, or all of it was done. */
export function readPlace(saved: unknown): ReindexPlace | undefined {
  if (typeof saved !== 'object' || saved === null) return undefined;
  const { fromHour, hour, did, rkey, read, written }: Partial<Record<keyof ReindexPlace, unknown>> = saved;
  if (typeof did !== 'string' || typeof rkey !== 'string') return undefined;
  const numbers = { fromHour: Number(fromHour), hour: Number(hour), read: Number(read), written: Number(written) };
  return Object.values(numbers).every(Number.isSafeInteger) ? { ...numbers, did, rkey } : undefined;
}
