import type { Tid } from './tid.ts';

/**
 * A row's version, a UInt64 as two unsigned 32-bit halves (BigInt is too slow for each event).
 * It is rev·2, plus 1 for a delete: versions rise strictly within a repository, and at one rev the delete wins.
 */
export interface Version {
  readonly hi: number;
  readonly lo: number;
}

/** The version of a record that a commit at `rev` wrote or deleted. */
export function commitVersion(rev: Tid, isDelete: boolean): Version {
  return versionOf(rev.micros, rev.clockId * 2 + (isDelete ? 1 : 0));
}

/**
 * The version of something that happened at `micros` since 1970 outside any commit (an account's status): it compares
 * with commit versions by time. Times outside what a TID holds are moved to its nearest end.
 */
export function timeVersion(micros: number): Version {
  if (!(micros > 0)) return { hi: 0, lo: 0 };
  return versionOf(Math.min(Math.floor(micros), Number.MAX_SAFE_INTEGER), 0);
}

/** The version as the UInt64 it is, for tests and tools. */
export function versionToBigInt(version: Version): bigint {
  return (BigInt(version.hi) << 32n) | BigInt(version.lo);
}

/** micros·2048 + low, where low has 11 bits: 21 bits of micros stand beside it in the lower half. */
function versionOf(micros: number, low: number): Version {
  const hi = Math.floor(micros / 2 ** 21);
  const lo = (micros - hi * 2 ** 21) * 2 ** 11 + low;
  return { hi, lo };
}
