/*
 * cursor: where the stream is.
 * In: events as they are taken in, the progress that was saved. Out: what to save, where to resume, gaps.
 * Keeps: a cursor covers written events only; a gap is proved, not guessed from distances in time.
 */

import type { JetstreamEvent } from '@updraft/atproto';
import type { IngestGapRow, Progress } from '@updraft/store';
import type { HostPosition } from './gap-rows.ts';
import { createResumeCheck } from './resume-check.ts';
import { FIRST_TIME_CURSOR, type LastPosition, type ResumePoint, resumePointAfter, timePoint } from './resume-point.ts';
import { createTail, TAIL_EVENTS, type Tail } from './tail.ts';

/** Follows the stream: where it is, where to resume, and whether a resume has missed something. */
export interface StreamPosition {
  /** Takes the next event that was received; gives a gap's row when the event proves that something may be missing. */
  observe(event: JetstreamEvent): IngestGapRow | undefined;
  /**
   * Where to resume at `host`; undefined: at the live end. A `stepOver` above 0 resumes that many sequence numbers or seconds after the last
   * event: what lies between shows as a gap.
   */
  resumePoint(host: string, nowMicros: number, stepOver?: number): ResumePoint | undefined;
  /** A stream of this host has opened, from that point. */
  resumed(host: string, point: ResumePoint | undefined, nowMicros: number): void;
  /**
   * What to save once everything received so far is written. Undefined while there is nothing, and while a resumed stream has not yet
   * reached the position where it was left: the saved one stays until then, so that a gap is also found after a restart.
   */
  progress(): Progress | undefined;
  /** The last events, of this run or the one before; undefined in a new store before the first. */
  last(): HostPosition | undefined;
  /** Whether a resumed stream is past the position where it was left: it met its events again, or a gap was found. */
  isContinuous(): boolean;
  /** Everything after that time has to be read again, from `host`. Kept across restarts until the stream is again where it is now. */
  rewind(micros: number, host: string): void;
}

export interface StreamPositionOptions {
  /** What was saved last; undefined for a new store. */
  readonly saved: Progress | undefined;
  /** Where a new store starts, in microseconds since 1970; undefined: at the live end. */
  readonly startMicros: number | undefined;
  readonly now: () => Date;
}

/** How the last run ended is not known, so its end is read once more: that costs nothing. */
export const REWIND_AT_START = 1_000;

export function createStreamPosition({ saved, startMicros, now }: StreamPositionOptions): StreamPosition {
  const tail = createTail();
  const check = createResumeCheck();
  let host = saved?.host ?? '';
  // The host of the last event: a connection that opens and brings nothing changes no position, and sequence numbers are its host's own.
  let tailHost = host;
  let start = startMicros;
  let rewound: LastPosition | undefined;
  const current = (): LastPosition | undefined => (tail.count > 0 ? endOfTail(tail, tailHost) : undefined);
  const last = (): LastPosition | undefined => current() ?? (saved && savedPosition(saved));
  return {
    observe: (event) => {
      const found = check.observe(event);
      if (found !== undefined) rewound = undefined;
      tail.add(event);
      tailHost = host;
      return found === 'met' ? undefined : found;
    },
    resumePoint: (nextHost, nowMicros, stepOver = 0) => {
      const known = rewound ?? last();
      if (known !== undefined)
        return resumePointAfter(known, nextHost, nowMicros, rewound === undefined ? stepOver : 0);
      return start === undefined ? undefined : timePoint(Math.min(start, nowMicros));
    },
    resumed: (nextHost, point, nowMicros) => {
      start ??= nowMicros; // "now" is the live end at the first opening only; after it, what came since counts
      check.begin(last(), nextHost, point);
      host = nextHost;
    },
    progress: () => {
      const known = rewound ?? (check.isOver() ? current() : undefined);
      return known && progressOf(known, now());
    },
    last,
    isContinuous: check.isOver,
    rewind: (micros, nextHost) => {
      rewound = positionInTime(Math.floor(micros), nextHost);
    },
  };
}

function endOfTail(tail: Tail, host: string): LastPosition {
  const { cursor } = tail;
  const identities = tail.identities();
  return { host, identities, micros: tail.micros(), cursor, shownAtMicros: tail.timeUs(), rewindEvents: TAIL_EVENTS };
}

function savedPosition({ host, recent, oldestKeptMicros, cursor, lastSeq }: Progress): LastPosition {
  const [identities, micros, shownAtMicros] = [recent, oldestKeptMicros, lastSeq];
  return { host, identities, micros, cursor, shownAtMicros, rewindEvents: REWIND_AT_START };
}

/** A position of which only the time is known. */
function positionInTime(micros: number, host: string): LastPosition {
  return { host, identities: [], micros, cursor: undefined, shownAtMicros: micros, rewindEvents: 0 };
}

function progressOf({ host, identities, micros, cursor, shownAtMicros }: LastPosition, now: Date): Progress {
  return {
    // The median of several events, since a single time_us may be anything; and never what would read as a sequence number.
    lastSeq: Math.max(FIRST_TIME_CURSOR, shownAtMicros),
    ...(cursor !== undefined && { cursor }),
    host,
    oldestKeptMicros: micros,
    recent: identities,
    savedAt: now.toISOString(),
  };
}
