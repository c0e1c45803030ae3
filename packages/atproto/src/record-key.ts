import { isRecordTime } from './record-time.ts';
import { parseTid } from './tid.ts';
import type { Version } from './version.ts';

/** The rkey of a record as its row holds it: a number where it is a TID within the bounds of recordTime(), text otherwise. */
export interface RecordKey {
  /** Hours since 1970 of the TID; 0 where there is none within bounds. */
  readonly recordHour: number;
  /** The TID as an unsigned 64-bit number in two halves; 0 where there is none within bounds. */
  readonly rkeyTid: Version;
  /** '' where rkeyTid has it. */
  readonly rkeyText: string;
}

const NONE: Version = { hi: 0, lo: 0 };

export function recordKey(rkey: string): RecordKey {
  const tid = parseTid(rkey);
  if (tid === undefined || !isRecordTime(tid.micros)) return { recordHour: 0, rkeyTid: NONE, rkeyText: rkey };
  const hi = Math.floor(tid.micros / 2 ** 22);
  const lo = (tid.micros - hi * 2 ** 22) * 1024 + tid.clockId;
  return { recordHour: Math.floor(tid.micros / 3.6e9), rkeyTid: { hi, lo }, rkeyText: '' };
}

/** The time in the rkey in milliseconds since 1970; 0 where there is none within bounds. */
export function rkeyMs(rkeyTid: Version): number {
  return Math.floor(microsOf(rkeyTid) / 1000);
}

function microsOf({ hi, lo }: Version): number {
  return hi * 2 ** 22 + (lo >>> 10);
}

/**
 * version − 2·rkeyTid + 2^63: small where a record is written when it is made, so that a column of it compresses. Of the rows of one
 * key it orders as the version does, since every version is below 2^63 (see commitVersion) and every rkeyTid below 2^62.
 */
export function relativeVersion(version: Version, rkeyTid: Version): Version {
  const doubledHi = rkeyTid.hi * 2 + (rkeyTid.lo >= 2 ** 31 ? 1 : 0);
  const doubledLo = (rkeyTid.lo * 2) % 2 ** 32;
  const borrow = version.lo < doubledLo ? 1 : 0;
  return { hi: version.hi - doubledHi - borrow + 2 ** 31, lo: version.lo - doubledLo + borrow * 2 ** 32 };
}
