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
import { isSameServer, type LastPosition, resumePointAfter, timePoint } from './resume-point.ts';
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
  const parts = createParts(saved);
  const { trail, check, rewinds, watch, detour } = parts;
  let host = saved?.host ?? '';
  let start = startMicros;
  return {
    observe: (event) => {
      rewinds.observed();
      const found = detour.isBack() ? undefined : check.observe(event);
      if (found !== undefined) detour.over();
      trail.add(event, host);
      const backToMicros = watch.observe(event);
      if (backToMicros !== undefined) goBack(parts, backToMicros, host);
      return found === 'met' ? undefined : found;
    },
    resumePoint: (nextHost, nowMicros, options) => {
      const known = detour.rewound() ?? trail.last();
      if (known !== undefined) return pointAfter(parts, known, { ...options, host: nextHost, nowMicros });
      return start === undefined ? undefined : timePoint(Math.min(start, nowMicros));
    },
    resumed: (nextHost, point, nowMicros) => {
      start ??= nowMicros; // "now" is the live end at the first opening only; after it, what came since counts
      opened(parts, nextHost, point);
      host = nextHost;
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
    refused: (why) =>
      why === 'too old' ? detour.tooOld() : goBack(parts, trail.last()?.micros ?? now().getTime() * 1000, host),
    rewind: detour.rewind,
  };
}

type Parts = ReturnType<typeof createParts>;

function createParts(saved: Progress | undefined) {
  return {
    trail: createTrail(saved),
    check: createResumeCheck(),
    rewinds: createRewinds(),
    watch: createSeqWatch(),
    detour: createDetour(),
  };
}

function goBack({ detour, trail }: Parts, micros: number, host: string): void {
  detour.goBack(micros, host);
  trail.forgetSeqs();
}

interface NextStream extends ResumeOptions {
  readonly host: string;
  readonly nowMicros: number;
}

function pointAfter({ detour, rewinds }: Parts, known: LastPosition, next: NextStream): Cursor | undefined {
  const { host, nowMicros, stepOver = 0, rewind = 'unclean' } = next;
  const by = detour.asksBy();
  if (by === 'live') return undefined;
  const isRewound = detour.rewound() !== undefined;
  const offset = { rewind: rewinds.seqsOf(rewind, known.cursor), stepOver: isRewound ? 0 : stepOver };
  return resumePointAfter(by === 'seq' ? known : { ...known, cursor: undefined }, host, nowMicros, offset);
}

function opened({ trail, check, rewinds, watch, detour }: Parts, host: string, point: Cursor | undefined): void {
  const last = trail.last();
  check.begin(last, host, point);
  rewinds.resumed(last?.cursor, point);
  detour.resumed();
  if (last === undefined || !isSameServer(last.host, host)) return watch.forget();
  watch.begin(point?.kind === 'seq' ? point.seq : undefined, trail.bySeq(), last.micros);
}
