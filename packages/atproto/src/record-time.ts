import { parseTid, type Tid } from './tid.ts';

/**
 * When a record was made, by its key alone (a delete has nothing else): the time of a TID from
 * 2022-11-01 up to 2035-01-01, in whole seconds and whole hours since 1970 (UTC). Both are 0 for every other rkey.
 */
export function recordTime(rkey: string): { recordTimeS: number; recordHour: number } {
  const micros = rkeyMicros(rkey);
  return { recordTimeS: Math.floor(micros / 1e6), recordHour: Math.floor(micros / 3.6e9) };
}

/**
 * The time, in ms since 1970, by which a record is ranked and windowed: the earliest of its commit's time, the time in
 * its rkey (as recordTime gives it) and its createdAt when that is sane. So nobody posts from the future, an
 * imported archive stays old, and sort_at, cut to seconds, never exceeds record_time where that is not 0.
 */
export function sortAtMs(rev: Tid, rkey: string, createdAtMs: number | undefined): number {
  return earliestMs(rev, Math.floor(rkeyMicros(rkey) / 1000), createdAtMs);
}

/** sortAtMs() where the time in the rkey is known, in ms since 1970; 0 where there is none within bounds. */
export function earliestMs(rev: Tid, keyMs: number, createdAtMs: number | undefined): number {
  let earliest = Math.floor(rev.micros / 1000);
  if (keyMs > 0 && keyMs < earliest) earliest = keyMs;
  if (createdAtMs !== undefined && createdAtMs >= EARLIEST_CREATED_AT_MS && createdAtMs < earliest) return createdAtMs;
  return earliest;
}

/**
 * A createdAt before 2000 is a default (year 0, 1970, 1980) and not a date that anybody meant: it is ignored. Later
 * ones count, even those before the network began: archives imported from elsewhere must not look new.
 */
export const EARLIEST_CREATED_AT_MS: number = Date.UTC(2000, 0, 1);

const FIRST_MICROS = Date.UTC(2022, 10, 1) * 1000;
const END_MICROS = Date.UTC(2035, 0, 1) * 1000;

/** Whether the time of a TID in an rkey can be a record's. */
export function isRecordTime(micros: number): boolean {
  return micros >= FIRST_MICROS && micros < END_MICROS;
}

/** The time in an rkey, 0 when it has none within the bounds. */
function rkeyMicros(rkey: string): number {
  const tid = parseTid(rkey);
  return tid !== undefined && isRecordTime(tid.micros) ? tid.micros : 0;
}
