/*
 * cursor: where the stream is.
 * In: events as they are taken in, the progress that was saved. Out: what to save, where to resume, gaps.
 * Keeps: a cursor covers written events only; a gap is proved, not guessed from distances in time.
 */

import type { Cursor, StreamEvent } from '@updraft/jetstream';
import type { IngestGapRow, Progress } from '@updraft/store';
import { createDetour } from './detour.ts';
import { type HostPosition, wentBackRow } from './gap-rows.ts';
import { createResumeCheck } from './resume-check.ts';
import { isSameServer, resumePointAfter, timePoint } from './resume-point.ts';
import { createRewinds, type Rewind } from './rewinds.ts';
import { createSeqWatch } from './seq-watch.ts';
import { createTrail, progressOf } from './trail.ts';

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
  /** The row of the stretch to read again, when the stream has shown that its server went back: leave it, and resume. Once. */
  wentBack(): IngestGapRow | undefined;
  /** The host says that it went back, or that it no longer has what was asked for: sequence numbers are not asked for until the stream goes on. */
  refused(why: 'went back' | 'too old'): void;
  /** Everything after that time has to be read again, from `host`. Kept across restarts until the stream is again where it is now. */
  rewind(micros: number, host: string): void;
}

export interface ResumeOptions {
  readonly stepOver?: number;
  /** How much is read once more; default `unclean`. */
  readonly rewind?: Rewind;
}

export interface StreamPositionOptions {
  /** What was saved last; undefined for a new store. */
  readonly saved: Progress | undefined;
  /** Where a new store starts, in microseconds since 1970; undefined: at the live end. */
  readonly startMicros: number | undefined;
  readonly now: () => Date;
}

export function createStreamPosition({ saved, startMicros, now }: StreamPositionOptions): StreamPosition {
  const [trail, check, rewinds, watch, detour] = [
    createTrail(saved),
    createResumeCheck(),
    createRewinds(),
    createSeqWatch(),
    createDetour(),
  ];
  let host = saved?.host ?? '';
  let start = startMicros;
  const goBack = (micros: number): void => {
    detour.goBack(micros, host);
    trail.forgetSeqs();
  };
  return {
    observe: (event) => {
      rewinds.observed();
      const found = detour.isBack() ? undefined : check.observe(event);
      if (found !== undefined) detour.over();
      trail.add(event, host);
      const backToMicros = watch.observe(event);
      if (backToMicros !== undefined) goBack(backToMicros);
      return found === 'met' ? undefined : found;
    },
    resumePoint: (nextHost, nowMicros, { stepOver = 0, rewind = 'unclean' } = {}) => {
      const [rewound, last, by] = [detour.rewound(), trail.last(), detour.asksBy()];
      const known = rewound ?? last;
      if (known === undefined) return start === undefined ? undefined : timePoint(Math.min(start, nowMicros));
      if (by === 'live') return undefined;
      const offset = { rewind: rewinds.seqsOf(rewind, known.cursor), stepOver: rewound === undefined ? stepOver : 0 };
      return resumePointAfter(by === 'seq' ? known : { ...known, cursor: undefined }, nextHost, nowMicros, offset);
    },
    resumed: (nextHost, point, nowMicros) => {
      start ??= nowMicros; // "now" is the live end at the first opening only; after it, what came since counts
      const last = trail.last();
      check.begin(last, nextHost, point);
      rewinds.resumed(last?.cursor, point);
      if (last === undefined || !isSameServer(last.host, nextHost)) watch.forget();
      else watch.begin(point?.kind === 'seq' ? point.seq : undefined, trail.bySeq(), last.micros);
      host = nextHost;
      detour.resumed();
    },
    progress: () => {
      const known = detour.rewound() ?? (check.isOver() ? trail.current() : undefined);
      return known && progressOf(known, now());
    },
    last: trail.last,
    isContinuous: check.isOver,
    wentBack: () => {
      const micros = detour.takeBack();
      return micros === undefined ? undefined : wentBackRow(host, micros, trail.current()?.micros ?? micros);
    },
    refused: (why) => {
      if (why === 'too old') detour.tooOld();
      else goBack(trail.last()?.micros ?? now().getTime() * 1000);
    },
    rewind: detour.rewind,
  };
}
