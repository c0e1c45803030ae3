/*
 * cursor: where the stream is.
 * In: events as they are taken in, the progress that was saved. Out: what to save, where to resume, gaps.
 * Keeps: a cursor covers written events only; a gap is proved, not guessed from distances in time.
 */

import { type Cursor, FIRST_TIME_CURSOR, type StreamEvent } from '@updraft/jetstream';
import type { IngestGapRow, Progress } from '@updraft/store';
import type { HostPosition } from './gap-rows.ts';
import { createResumeCheck } from './resume-check.ts';
import { type LastPosition, resumePointAfter, timePoint } from './resume-point.ts';
import { createTail, TAIL_EVENTS, type Tail } from './tail.ts';

/** Follows the stream: where it is, where to resume, and whether a resume has missed something. */
export interface StreamPosition {
  /** Takes the next event that was received; gives a gap's row when the event proves that something may be missing. */
  observe(event: StreamEvent): IngestGapRow | undefined;
  /**
   * Where to resume at `host`; undefined: at the live end. A `stepOver` above 0 resumes that many sequence numbers or seconds after the last
   * event: what lies between shows as a gap.
   */
  resumePoint(host: string, nowMicros: number, options?: ResumeOptions): Cursor | undefined;
  /** A stream of this host has opened, from that point. */
  resumed(host: string, point: Cursor | undefined, nowMicros: number): void;
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

export interface ResumeOptions {
  readonly stepOver?: number;
  /** How much is read once more; default `unclean`. */
  readonly rewind?: Rewind;
}

/**
 * - unclean: so much that a server which was killed, and uses sequence numbers again that it had sent, is read again from before them.
 * - clean: the connection was ended by us. A few events, to be recognised.
 * - none: from the last event on.
 */
export type Rewind = 'unclean' | 'clean' | 'none';

export interface StreamPositionOptions {
  /** What was saved last; undefined for a new store. */
  readonly saved: Progress | undefined;
  /** Where a new store starts, in microseconds since 1970; undefined: at the live end. */
  readonly startMicros: number | undefined;
  readonly now: () => Date;
}

/** A server that was killed may use up to 4,096 sequence numbers again. To read twice costs nothing. */
export const REWIND_SEQS = 8_192;

export function createStreamPosition({ saved, startMicros, now }: StreamPositionOptions): StreamPosition {
  const tail = createTail();
  const check = createResumeCheck();
  let host = saved?.host ?? '';
  // The host of the last event: a connection that opens and brings nothing changes no position, and sequence numbers are its host's own.
  let tailHost = host;
  let start = startMicros;
  let rewound: LastPosition | undefined;
  const rewinds = createRewinds();
  const current = (): LastPosition | undefined => (tail.count > 0 ? endOfTail(tail, tailHost) : undefined);
  const last = (): LastPosition | undefined => current() ?? (saved && savedPosition(saved));
  return {
    observe: (event) => {
      rewinds.observed();
      const found = check.observe(event);
      if (found !== undefined) rewound = undefined;
      tail.add(event);
      tailHost = host;
      return found === 'met' ? undefined : found;
    },
    resumePoint: (nextHost, nowMicros, { stepOver = 0, rewind = 'unclean' } = {}) => {
      const known = rewound ?? last();
      if (known !== undefined) {
        const offset = { rewind: rewinds.seqsOf(rewind, known.cursor), stepOver: rewound === undefined ? stepOver : 0 };
        return resumePointAfter(known, nextHost, nowMicros, offset);
      }
      return start === undefined ? undefined : timePoint(Math.min(start, nowMicros));
    },
    resumed: (nextHost, point, nowMicros) => {
      start ??= nowMicros; // "now" is the live end at the first opening only; after it, what came since counts
      check.begin(last(), nextHost, point);
      rewinds.resumed(last()?.cursor, point);
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

/** How far a resume goes back. */
function createRewinds() {
  let opened: number | undefined;
  let readAgainTo = Number.NEGATIVE_INFINITY;
  return {
    seqsOf: (rewind: Rewind, cursor: number | undefined): number => {
      if (rewind === 'none') return 0;
      // A host that hangs up again and again would never get past what is read again.
      const isNew = cursor !== undefined && cursor - readAgainTo >= REWIND_SEQS;
      return rewind === 'unclean' && isNew ? REWIND_SEQS : TAIL_EVENTS;
    },
    resumed: (last: number | undefined, point: Cursor | undefined): void => {
      const isFar = point?.kind === 'seq' && last !== undefined && last - point.seq > TAIL_EVENTS;
      opened = isFar ? last : undefined;
    },
    observed: (): void => {
      if (opened === undefined) return;
      readAgainTo = opened;
      opened = undefined;
    },
  };
}

function endOfTail(tail: Tail, host: string): LastPosition {
  const { cursor } = tail;
  const identities = tail.identities();
  return { host, identities, micros: tail.micros(), cursor, shownAtMicros: tail.timeUs() };
}

function savedPosition({ host, recent, oldestKeptMicros, cursor, lastSeq }: Progress): LastPosition {
  const [identities, micros, shownAtMicros] = [recent, oldestKeptMicros, lastSeq];
  return { host, identities, micros, cursor, shownAtMicros };
}

/** A position of which only the time is known. */
function positionInTime(micros: number, host: string): LastPosition {
  return { host, identities: [], micros, cursor: undefined, shownAtMicros: micros };
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
