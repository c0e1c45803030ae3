/*
 * In: DAG-CBOR. Out: where its integers beyond 2^53 stand, as a copy in which they are the nearest floats.
 * Keeps: a float has the length of such an integer, so nothing moves; JSON.parse rounds the same integers to the same floats.
 */

/** The same bytes with integers beyond 2^53 as floats; undefined when there are none, or where the bytes are no CBOR. */
export function roundWideIntegers(bytes: Uint8Array): Buffer | undefined {
  const places = wideIntegers(bytes);
  if (places.length === 0) return undefined;
  const copy = Buffer.from(bytes);
  for (const place of places) {
    const value = copy.readBigUInt64BE(place + 1);
    const isNegative = (copy[place] ?? 0) >> 5 === NEGATIVE;
    copy[place] = FLOAT64_HEAD;
    copy.writeDoubleBE(Number(isNegative ? -1n - value : value), place + 1);
  }
  return copy;
}

const NEGATIVE = 1;
const FLOAT64_HEAD = 0xfb;
const WIDE = 27;
/** Bytes of the argument by the low bits of a head, from 24 on. */
const ARGUMENT_BYTES = [1, 2, 4, 8];
const HIGH_OF_2_53 = 0x200000;

/** Walks head by head: what a map or array holds follows it, so their nesting doesn't matter. */
function wideIntegers(bytes: Uint8Array): number[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: number[] = [];
  let at = 0;
  while (at < view.length) {
    const head = view[at] ?? 0;
    const [type, low] = [head >> 5, head & 31];
    const width = low < 24 ? 0 : ARGUMENT_BYTES[low - 24];
    if (width === undefined || at + 1 + width > view.length) return [];
    if (type <= NEGATIVE && low === WIDE && view.readUInt32BE(at + 1) >= HIGH_OF_2_53 - type) places.push(at);
    const isText = type > NEGATIVE && type < 4;
    const length = isText ? argument(view, at, low, width) : 0;
    at += 1 + width + length;
  }
  return places;
}

function argument(view: Buffer, at: number, low: number, width: number): number {
  if (width === 0) return low;
  if (width < 8) return view.readUIntBE(at + 1, width);
  return view.readUInt32BE(at + 1) * 2 ** 32 + view.readUInt32BE(at + 5);
}
