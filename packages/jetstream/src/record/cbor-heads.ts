/** A head of CBOR: the type of a value and its argument. */
export interface CborHead {
  readonly at: number;
  /** 0 unsigned, 1 negative, 2 bytes, 3 text, 4 array, 5 map, 6 tag, 7 float or simple. */
  readonly type: number;
  /** The low bits; 24–27 say how long the argument is. */
  readonly low: number;
}

/** Bytes of the argument by the low bits of a head, from 24 on. */
const ARGUMENT_BYTES = [1, 2, 4, 8];

/**
 * The heads of a payload in their order. What an array or map holds follows its head, so their nesting doesn't matter. Ends early where the
 * bytes are no CBOR.
 */
export function* cborHeads(bytes: Buffer): Generator<CborHead, void, void> {
  let at = 0;
  while (at < bytes.length) {
    const head = bytes[at] ?? 0;
    const [type, low] = [head >> 5, head & 31];
    const width = low < 24 ? 0 : ARGUMENT_BYTES[low - 24];
    if (width === undefined || at + 1 + width > bytes.length) return;
    yield { at, type, low };
    at += 1 + width + (type === 2 || type === 3 ? argument(bytes, at, low, width) : 0);
  }
}

function argument(bytes: Buffer, at: number, low: number, width: number): number {
  if (width === 0) return low;
  if (width < 8) return bytes.readUIntBE(at + 1, width);
  return bytes.readUInt32BE(at + 1) * 2 ** 32 + bytes.readUInt32BE(at + 5);
}
