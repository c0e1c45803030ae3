import { ENTRY_BYTES, entryAt, entryCount } from './seen-entry.ts';

/**
 * Names a snapshot of a viewer's logs without copying it: logs only grow, so it is their lengths. The day before may still grow, by an
 * instance whose clock is behind; the days before that don't.
 */
export interface SeenMark {
  /** In days since 1970. */
  readonly day: number;
  readonly ofDay: LogEnd;
  readonly ofDayBefore: LogEnd;
}

/** Up to where a log counts. */
export interface LogEnd {
  readonly entries: number;
  /** 16 bits of the last entry: a log that was lost and begun again has others there. */
  readonly check: number;
}

export function formatMark({ day, ofDay, ofDayBefore }: SeenMark): string {
  return [day, ofDay.entries, ofDay.check, ofDayBefore.entries, ofDayBefore.check].join('.');
}

/** Undefined for anything else, among it the mark of a reader of whom nothing was known. */
export function parseMark(text: string): SeenMark | undefined {
  if (!/^\d{5}(?:\.\d{1,5}){4}$/.test(text)) return undefined;
  const [day = 0, entries = 0, check = 0, entriesBefore = 0, checkBefore = 0] = text.split('.').map(Number);
  return { day, ofDay: { entries, check }, ofDayBefore: { entries: entriesBefore, check: checkBefore } };
}

/** The log's end now. */
export function endOf(log: Buffer): LogEnd {
  const entries = entryCount(log);
  return { entries, check: entries === 0 ? 0 : entryAt(log, entries - 1) & 0xffff };
}

/** The log as it was when its end was there; empty when that log was lost since. */
export function logUntil(log: Buffer, { entries, check }: LogEnd): Buffer {
  const then = log.subarray(0, entries * ENTRY_BYTES);
  const end = endOf(then);
  return end.entries === entries && end.check === check ? then : Buffer.alloc(0);
}
