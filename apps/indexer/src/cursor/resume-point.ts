import { type Cursor, FIRST_TIME_CURSOR, hostName, seqCursor, timeCursor } from '@updraft/jetstream';
import type { HostPosition } from './gap-rows.ts';

/** Where the stream was left. */
export interface LastPosition extends HostPosition {
  /** When its host showed the last events, in microseconds since 1970. */
  readonly shownAtMicros: number;
}

/** Hosts and revs differ by seconds: a resume by time begins earlier by this. */
export const TIME_MARGIN_MICROS = 10_000_000;

/** Where to begin beside the position itself. */
export interface ResumeOffset {
  /** Sequence numbers to read once more. */
  readonly rewind: number;
  /** Above 0: begin that many sequence numbers or seconds after the last event. */
  readonly stepOver: number;
}

/** Where to resume at the host of an address: by sequence number at the server that was read, by either protocol; by time elsewhere. */
export function resumePointAfter(
  last: LastPosition,
  address: string,
  nowMicros: number,
  { rewind, stepOver }: ResumeOffset,
): Cursor {
  const { cursor } = last;
  if (isSeq(cursor) && isSameServer(address, last.host))
    return seqCursor(serverOf(address), stepOver > 0 ? cursor + 1 + stepOver : Math.max(1, cursor - rewind));
  const leftAt = notAheadOf(last.shownAtMicros, last.micros);
  const from = stepOver > 0 ? leftAt + stepOver * 1_000_000 : leftAt - TIME_MARGIN_MICROS;
  return timePoint(Math.min(from, nowMicros - TIME_MARGIN_MICROS));
}

/** Never below the first time cursor: a smaller number would be taken for a sequence number. */
export function timePoint(micros: number): Cursor {
  return timeCursor(Math.max(FIRST_TIME_CURSOR, micros));
}

/** Whether two addresses share their sequence numbers: v1 and v2 of one server do. */
export function isSameServer(address: string, other: string): boolean {
  return serverOf(address) === serverOf(other);
}

/** A host may send any number; what it would take for a time is none of its sequence numbers. */
function isSeq(cursor: number | undefined): cursor is number {
  return cursor !== undefined && cursor < FIRST_TIME_CURSOR / 2;
}

/** The name that sequence numbers belong to; what is no address, as a recorded file's, stands for itself. */
function serverOf(address: string): string {
  return URL.canParse(address) ? hostName(address) || address : address;
}

/**
 * In a small network most servers may have fast clocks: then the time at which a host showed their events is where the stream was. A time
 * much further back means nothing: a recording is played, or the host shows no times.
 */
function notAheadOf(shownAtMicros: number, micros: number): number {
  return micros - shownAtMicros < MAX_CLOCK_ERROR_MICROS ? Math.min(micros, shownAtMicros) : micros;
}

const MAX_CLOCK_ERROR_MICROS = 3_600_000_000;
