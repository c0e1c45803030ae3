import type { JetstreamEvent } from '@updraft/atproto';
import { hashText, type IngestGapRow, type Progress } from '@updraft/store';
import { type ContinuityCheck, createContinuityCheck, type KnownPlace } from './gaps.ts';
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
  /** Where to go on at `host`; undefined: at the live end. */
  resumePoint(host: string, nowMicros: number): ResumePoint | undefined;
  /** A stream of this host has opened, from that point. */
  resumed(host: string, point: ResumePoint | undefined, nowMicros: number): void;
  /**
   * What to save once everything received so far is written. Undefined while there is nothing, or while a resumed stream has not yet
   * met the known place: until then the saved one stays, so that a gap is also found after a restart.
   */
  progress(): Progress | undefined;
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
        if (seen.state === 'passed') gap = gapRow(host, unmet, seen.toMicros);
        if (seen.state !== 'waiting') unmet = undefined;
      }
      tail.add(event);
      lastHost = host;
      return gap;
    },
    resumePoint: (nextHost, nowMicros) => {
      const cursor = tail.count > 0 ? tail.cursor : saved?.cursor;
      if (cursor !== undefined && nextHost === lastHost) {
        return { by: 'seq', cursor: Math.max(1, cursor - (tail.count > 0 ? TAIL_EVENTS : REWIND_AT_START)) };
      }
      const micros = tail.count > 0 ? tail.micros() : saved?.oldestKeptMicros;
      const shownAt = tail.count > 0 ? tail.timeUs() : saved?.lastSeq;
      if (micros !== undefined) return byTime(Math.min(notAheadOf(shownAt, micros), nowMicros) - TIME_MARGIN_MICROS);
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
  };
}

interface UnmetPlace extends KnownPlace {
  readonly host: string;
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

/** Keyed by where it begins, so that finding it again after a crash adds no second row. */
function gapRow(host: string, from: UnmetPlace, toMicros: number): IngestGapRow {
  return {
    gapId: hashText(`${host}\n${from.micros}\n${from.identities.at(-1) ?? ''}`),
    host,
    kind: 'possible',
    fromTime: from.micros,
    toTime: toMicros,
    detail:
      from.identities.length === 0
        ? `${host} begins after the place where the stream was left`
        : `none of the last ${from.identities.length} events from ${from.host} came again from ${host}`,
  };
}
