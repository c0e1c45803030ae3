import type { Place } from './stretch.ts';

/** Places in a log at regular distances, so that a search reads little of it. */
export interface Marks {
  /** Notes the next event: its place and time. */
  note(place: Place, timeUs: number): void;
  /** The oldest mark. */
  first(): Place | undefined;
  /** The last mark at or before a sequence number, or the oldest one. */
  atOrBefore(seq: number): Place | undefined;
  /** The last mark before which every event is older, or the oldest one; undefined when every event is older. */
  beforeTime(timeUs: number): Place | undefined;
  /** Forgets the marks before an offset. */
  dropBefore(offset: number): void;
  /** Forgets the marks from a sequence number on. */
  truncate(seq: number): void;
}

const MARK_EVERY = 1_024;

interface Mark extends Place {
  /** The latest time of all events before. */
  readonly latestBefore: number;
}

export function createMarks(): Marks {
  const marks: Mark[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  return {
    note({ seq, offset }, timeUs) {
      if (seq >= (marks.at(-1)?.seq ?? 0) + MARK_EVERY || marks.length === 0)
        marks.push({ seq, offset, latestBefore: latest });
      if (timeUs > latest) latest = timeUs;
    },
    first: () => marks[0],
    atOrBefore: (seq) => lastWhere(marks, (mark) => mark.seq <= seq) ?? marks[0],
    beforeTime: (timeUs) =>
      timeUs > latest ? undefined : (lastWhere(marks, (mark) => mark.latestBefore < timeUs) ?? marks[0]),
    dropBefore(offset) {
      while (marks[0] !== undefined && marks[0].offset < offset) marks.shift();
    },
    truncate(seq) {
      while ((marks.at(-1)?.seq ?? -1) >= seq) marks.pop();
    },
  };
}

/** The last item for which the test holds, in a list where it holds for the first items and for no later one. */
function lastWhere<T>(list: readonly T[], test: (item: T) => boolean): T | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(list[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}
