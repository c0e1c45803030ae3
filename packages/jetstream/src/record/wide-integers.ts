/*
 * In: DAG-CBOR. Out: a copy in which the integers beyond 2^53 are the nearest floats.
 * Keeps: a float has the length of such an integer, so nothing moves; JSON.parse rounds the same integers to the same floats.
 */

import { cborHeads } from './cbor-heads.ts';

/** The same bytes with integers beyond 2^53 as floats; undefined when there are none. */
export function roundWideIntegers(bytes: Uint8Array): Buffer | undefined {
  const copy = Buffer.from(bytes);
  const places = cborHeads(copy).filter(({ at, type, low }) => isWide(copy, at, type, low));
  let count = 0;
  for (const { at, type } of places) {
    const value = copy.readBigUInt64BE(at + 1);
    copy[at] = FLOAT64_HEAD;
    copy.writeDoubleBE(Number(type === NEGATIVE ? -1n - value : value), at + 1);
    count += 1;
  }
  return count === 0 ? undefined : copy;
}

const NEGATIVE = 1;
const EIGHT_BYTES = 27;
const FLOAT64_HEAD = 0xfb;
const HIGH_OF_2_53 = 0x200000;

/** The largest negative one that is safe, -(2^53 - 1), may count as wide: its float is exact. */
function isWide(bytes: Buffer, at: number, type: number, low: number): boolean {
  return type <= NEGATIVE && low === EIGHT_BYTES && bytes.readUInt32BE(at + 1) >= HIGH_OF_2_53 - type;
}
