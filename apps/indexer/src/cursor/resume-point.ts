import type { HostPosition } from './gap-rows.ts';

/** Where a stream is to be read from: a sequence number of the host's own, or microseconds since 1970. */
export interface ResumePoint {
  readonly by: 'seq' | 'time';
  /** As Jetstream's `cursor` parameter: below 1e15 a sequence number, from there on microseconds. */
  readonly cursor: number;
}

/** Where the stream was left. */
export interface LastPosition extends HostPosition {
  /** When its host showed the last events, in microseconds since 1970. */
  readonly shownAtMicros: number;
  /** How many events at the end are read once more. */
  readonly rewindEvents: number;
}

/** Sequence numbers below, microseconds from here on. Source: Jetstream's `/subscribe`, parameter `cursor`. */
export const FIRST_TIME_CURSOR = 1e15;
/** Hosts and revs differ by seconds: a resume by time begins earlier by this. */
export const TIME_MARGIN_MICROS = 10_000_000;

/**
 * Where to resume at `host`: by sequence number at the host that was read, by time elsewhere. A `stepOver` above 0 resumes that many sequence
 * numbers or seconds after the last event.
 */
export function resumePointAfter(last: LastPosition, host: string, nowMicros: number, stepOver: number): ResumePoint {
  const { cursor } = last;
  if (cursor !== undefined && host === last.host)
    return { by: 'seq', cursor: stepOver > 0 ? cursor + 1 + stepOver : Math.max(1, cursor - last.rewindEvents) };
  const leftAt = notAheadOf(last.shownAtMicros, last.micros);
  const from = stepOver > 0 ? leftAt + stepOver * 1_000_000 : leftAt - TIME_MARGIN_MICROS;
  return timePoint(Math.min(from, nowMicros - TIME_MARGIN_MICROS));
}

/** Never below the first time cursor: a smaller number would be taken for a sequence number. */
export function timePoint(micros: number): ResumePoint {
  return { by: 'time', cursor: Math.max(FIRST_TIME_CURSOR, Math.floor(micros)) };
}

/**
 * In a small network most servers may have fast clocks: then the time at which a host showed their events is where the stream was. A time
 * much further back means nothing: a recording is played, or the host shows no times.
 */
function notAheadOf(shownAtMicros: number, micros: number): number {
  return micros - shownAtMicros < MAX_CLOCK_ERROR_MICROS ? Math.min(micros, shownAtMicros) : micros;
}

const MAX_CLOCK_ERROR_MICROS = 3_600_000_000;
