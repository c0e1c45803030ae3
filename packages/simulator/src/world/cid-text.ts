import type { Random } from './rng.ts';

/** Writes CIDs of valid shape that are hashes of nothing: no reader of the stream can check them. */
export interface CidWriter {
  /** A record's: CIDv1, dag-cbor, sha-256. */
  record(): string;
  /** A blob's: CIDv1, raw, sha-256. */
  blob(): string;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const TABLE = 2048;

export function createCidWriter(random: Random): CidWriter {
  const piece = (length: number) => Array.from({ length }, () => BASE32.charAt(random.int(32))).join('');
  // The first of the 52 characters holds two bits of the hash's length, the last one two bits of padding.
  const first = Array.from({ length: TABLE }, () => BASE32.charAt(random.int(8)) + piece(16));
  const middle = Array.from({ length: TABLE }, () => piece(17));
  const last = Array.from({ length: TABLE }, () => piece(17) + BASE32.charAt(random.int(8) * 4));
  const text = () => {
    const bits = Math.floor(random.next() * 2 ** 32);
    return `${first[bits & 2047]}${middle[(bits >>> 11) & 2047]}${last[((bits >>> 22) ^ (bits * 7)) & 2047]}`;
  };
  return { record: () => `bafyrei${text()}`, blob: () => `bafkrei${text()}` };
}
