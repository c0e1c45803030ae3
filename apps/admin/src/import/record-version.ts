import { recordTime, type Version } from '@updraft/atproto';

/** No commit of the network is older: 2022-11-01. */
const FIRST_MS = Date.UTC(2022, 10, 1);
const LAST_MS = Date.UTC(2035, 0, 1);

/**
 * The version of a record that came without its commit's rev: milliseconds since the network's first day, far below the version that any
 * rev gives. So what the stream says of the record wins, even a replay of the commit that made it. Among imported rows the later wins; at
 * one moment a write wins over a delete, as within a commit (version.ts of packages/atproto). `atMs`: when the source saw it; 0: unknown.
 */
export function importedVersion(atMs: number, rkey: string, isDelete: boolean): Version {
  const moment = isSane(atMs) ? atMs : recordTime(rkey).recordTimeS * 1000;
  const value = Math.max(0, Math.min(moment, LAST_MS) - FIRST_MS) + 1;
  const whole = Math.floor(value) * 2 + (isDelete ? 0 : 1);
  return { hi: Math.floor(whole / 2 ** 32), lo: whole % 2 ** 32 };
}

/** The commit's assumed time in microseconds since 1970, never after now. */
export function commitMicros(atMs: number, nowMs: number): number {
  return Math.floor((isSane(atMs) ? Math.min(atMs, nowMs) : nowMs) * 1000);
}

function isSane(ms: number): boolean {
  return ms >= FIRST_MS && ms < LAST_MS;
}
