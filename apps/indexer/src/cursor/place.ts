/*
 * cursor: where the stream stands.
 * In: events as they are taken in, the progress that was saved. Out: what to save, where to go on, gaps.
 * Keeps: a cursor stands behind written events only; a gap is told, not guessed from distances in time.
 */

import type { JetstreamEvent } from '@updraft/atproto';
import type { IngestGapRow, Progress } from '@updraft/store';
import { leftOutRow, missedRow, type UnmetPlace } from './gap-rows.ts';
import { type ContinuityCheck, createContinuityCheck } from './gaps.ts';
import { createTail, eventIdentity, eventMicros, TAIL_EVENTS } from './tail.ts';

/** Where a stream is to be read from: a sequence number of the host's own, or microseconds since 1970. */
export interface ResumePoint {
  readonly by: 'seq' | 'time';
  /** As Jetstream's `cursor` parameter: below 1e15 a sequence number, from there on microseconds. */
  readonly cursor: number;
}

/** Follows the stream: where it stands, where to go on, and whether a resume has missed something. */
export interface Place {
  /** The next event that was received; a gap row when it proves that something may be missing. */
  observe(event: JetstreamEvent): IngestGapRow | undefined;
  /**
   * Where to go on at `host`; undefined: at the live end. `stepOver` above 0 goes on behind the last known event, by so many sequence
   * numbers or seconds: what lies between shows as a gap.
   */
  resumePoint(host: string, nowMicros: number, stepOver?: number): ResumePoint | undefined;
  /** A stream of this host has opened, from that point. */
  resumed(host: string, point: ResumePoint | undefined, nowMicros: number): void;
  /**
   * What to save once everything received so far is written. Undefined while there is nothing, or while a resumed stream has not yet
   * met the known place: until then the saved one stays, so that a gap is also found after a restart.
   */
  progress(): Progress | undefined;
  /** Time of the last events, on their senders' clocks, in microseconds; undefined before the first. */
  micros(): number | undefined;
  /** Whether the stream that is read goes on from the known place, as far as can be told. */
  isContinuous(): boolean;
  /**
   * An event can't be taken, so the host is to leave it out. The row stands for the stretch in which that is asked of it: it ends where the
   * stream is now, and replaces the row of an earlier call until `isOver`.
   */
  leftOut(host: string, nowMicros: number, isOver: boolean): IngestGapRow;
  /** What came since then has to be read again, from `host`, by time. Kept across restarts until the stream is again where it is now. */
  rewind(micros: number, host: string): void;
}

export interface PlaceOptions {
  /** What was saved last; undefined for a new store. */
  readonly saved: Progress | undefined;
  /** Where a new store starts, in microseconds since 1970; undefined: at the live end. */
  readonly startMicros: number | undefined;
  readonly now: () => Date;
}

/** Sequence numbers below, microseconds from here on. Source: Jetstream's `/subscribe`, parameter `cursor`. */
export const FIRST_TIME_CURSOR = 1e15;
/** Hosts and revs differ by seconds: by how much a resume by time begins earlier. */
export const TIME_MARGIN_MICROS = 10_000_000;
/** It is not known how the last run ended, so its end is read once more: it costs nothing. */
export const REWIND_AT_START = 1_000;

export function createPlace({ saved, startMicros, now }: PlaceOptions): Place {
  const tail = createTail();
  let host = saved?.host ?? '';
  // Whose event was the last one: a connection that opens and brings nothing changes no place, and sequence numbers are its host's own.
  let lastHost = host;
  let start = startMicros;
  let unmet: UnmetPlace | undefined;
  let check: ContinuityCheck | undefined;
  let leaving: UnmetPlace | undefined;
  let rewound: { readonly micros: number; readonly host: string } | undefined;

  const lastKnown = (): UnmetPlace | undefined => {
    if (tail.count > 0)
      return { host: lastHost, identities: tail.identities(), micros: tail.micros(), cursor: tail.cursor };
    if (saved === undefined) return undefined;
    return { host: saved.host, identities: saved.recent, micros: saved.oldestKeptMicros, cursor: saved.cursor };
  };

  return {
    observe: (event) => {
      let gap: IngestGapRow | undefined;
      if (check !== undefined && unmet !== undefined) {
        const seen = check.observe({
          did: event.did,
          micros: eventMicros(event),
          cursor: event.cursor,
          identity: eventIdentity(event),
        });
        if (seen.state !== 'waiting') check = undefined;
        if (seen.state === 'passed') gap = missedRow(host, unmet, seen.toMicros);
        if (seen.state !== 'waiting') unmet = rewound = undefined;
      }
      tail.add(event);
      lastHost = host;
      return gap;
    },
    resumePoint: (nextHost, nowMicros, stepOver = 0) => {
      if (rewound !== undefined) return byTime(Math.min(rewound.micros, nowMicros) - TIME_MARGIN_MICROS);
      const cursor = tail.count > 0 ? tail.cursor : saved?.cursor;
      if (cursor !== undefined && nextHost === lastHost) {
        if (stepOver > 0) return { by: 'seq', cursor: cursor + 1 + stepOver };
        return { by: 'seq', cursor: Math.max(1, cursor - (tail.count > 0 ? TAIL_EVENTS : REWIND_AT_START)) };
      }
      const micros = tail.count > 0 ? tail.micros() : saved?.oldestKeptMicros;
      const shownAt = tail.count > 0 ? tail.timeUs() : saved?.lastSeq;
      if (micros !== undefined) {
        const stood = notAheadOf(shownAt, micros);
        const from = stepOver > 0 ? stood + stepOver * 1_000_000 : stood - TIME_MARGIN_MICROS;
        return byTime(Math.min(from, nowMicros - TIME_MARGIN_MICROS));
      }
      return start === undefined ? undefined : byTime(Math.min(start, nowMicros));
    },
    resumed: (nextHost, point, nowMicros) => {
      // Only at the first opening is "now" the live end; after it, what came since counts.
      start ??= nowMicros;
      unmet ??= lastKnown();
      if (unmet !== undefined) {
        const sameNumbers = point?.by === 'seq' && unmet.host === nextHost;
        check = createContinuityCheck({ ...unmet, cursor: sameNumbers ? unmet.cursor : undefined });
      }
      host = nextHost;
    },
    progress: () => {
      if (rewound !== undefined) return rewoundProgress(rewound, now());
      if (check !== undefined || tail.count === 0) return undefined;
      return {
        // By the median, since single time_us may be anything; and never what would read as a sequence number.
        lastSeq: Math.max(FIRST_TIME_CURSOR, tail.timeUs()),
        ...(tail.cursor !== undefined && { cursor: tail.cursor }),
        host: lastHost,
        oldestKeptMicros: tail.micros(),
        recent: tail.identities(),
        savedAt: now().toISOString(),
      };
    },
    micros: () => (tail.count > 0 ? tail.micros() : saved?.oldestKeptMicros),
    isContinuous: () => check === undefined,
    leftOut: (readHost, nowMicros, isOver) => {
      const here = lastKnown() ?? { host: readHost, identities: [], micros: nowMicros, cursor: undefined };
      leaving ??= here;
      const row = leftOutRow(readHost, leaving, here.micros);
      if (isOver) leaving = undefined;
      return row;
    },
    rewind: (micros, nextHost) => {
      rewound = { micros, host: nextHost };
    },
  };
}

/** As of a store that knows the time only: what came later is read again, whatever happens meanwhile. */
function rewoundProgress({ micros, host }: { readonly micros: number; readonly host: string }, now: Date): Progress {
  const from = Math.floor(micros);
  const lastSeq = Math.max(FIRST_TIME_CURSOR, from);
  return { lastSeq, host, oldestKeptMicros: from, recent: [], savedAt: now.toISOString() };
}

/**
 * Most servers of a small network may have fast clocks: then the time at which their events were shown tells where the stream stood. Where
 * that lies further back it tells nothing: a recording is played, or the host shows no times.
 */
function notAheadOf(shownAt: number | undefined, micros: number): number {
  return shownAt !== undefined && micros - shownAt < MAX_CLOCK_ERROR_MICROS ? Math.min(micros, shownAt) : micros;
}

const MAX_CLOCK_ERROR_MICROS = 3_600_000_000;

/** Never below the first time cursor: a smaller number would be taken for a sequence number. */
function byTime(micros: number): ResumePoint {
  return { by: 'time', cursor: Math.max(FIRST_TIME_CURSOR, Math.floor(micros)) };
}
