import { parseTid, type Tid } from '@updraft/atproto';

/** Writes the TID into two numbers of 32 bits, from `at` on. False: the text is none. */
export function packTid(text: string, into: Uint32Array, at: number): boolean {
  const tid = parseTid(text);
  if (tid === undefined) return false;
  const hi = Math.floor(tid.micros / 2 ** 22);
  into[at] = hi;
  into[at + 1] = (tid.micros - hi * 2 ** 22) * 1024 + tid.clockId;
  return true;
}

export function tidOf(from: Uint32Array, at: number): Tid {
  const [hi, lo] = [from[at] as number, from[at + 1] as number];
  return { micros: hi * 2 ** 22 + (lo >>> 10), clockId: lo & 1023 };
}
