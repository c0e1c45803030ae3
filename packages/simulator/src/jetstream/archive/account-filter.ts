/** Which accounts a block may hold: never a false no, now and then a false yes, as in a Bloom filter. */
export interface AccountFilter {
  mayHold(did: string): boolean;
}

const BITS = 8_192;

export function createAccountFilter(dids: Iterable<string>): AccountFilter {
  const bits = new Uint8Array(BITS / 8);
  for (const did of dids) {
    const bit = bitOf(did);
    bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return { mayHold: (did) => (((bits[bitOf(did) >> 3] ?? 0) >> (bitOf(did) & 7)) & 1) === 1 };
}

/** FNV-1a. */
function bitOf(did: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < did.length; i++) hash = Math.imul(hash ^ did.charCodeAt(i), 0x01000193);
  return (hash >>> 8) % BITS;
}
