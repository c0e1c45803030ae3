import { entryAt, entryCount } from './seen-entry.ts';

const EMPTY = -1;

/**
 * The entries of these logs, for look-ups: a hash table, which is made in half of a Set's time. `salt`, a secret 32-bit number, spreads the
 * entries: a viewer could report posts that all fall into one place of a Set, whose hash is known, and so keep the service busy.
 */
export function createEntrySet(logs: readonly Buffer[], salt: number): { has(entry: number): boolean } {
  const entries = logs.reduce((sum, log) => sum + entryCount(log), 0);
  const size = 2 ** Math.ceil(Math.log2(2 * entries + 1));
  const table = new Float64Array(size).fill(EMPTY);

  /** Where the entry is, or where it would be put. */
  function placeOf(entry: number): number {
    let place = mixed(entry, salt) & (size - 1);
    while (table[place] !== EMPTY && table[place] !== entry) place = (place + 1) & (size - 1);
    return place;
  }

  for (const log of logs)
    for (let index = 0; index < entryCount(log); index++) {
      const entry = entryAt(log, index);
      table[placeOf(entry)] = entry;
    }
  return { has: (entry) => table[placeOf(entry)] === entry };
}

/** The finish of MurmurHash3, of both parts of the entry. */
function mixed(entry: number, salt: number): number {
  let bits = (entry | 0) ^ salt ^ Math.imul(Math.floor(entry / 2 ** 32), 0x9e37_79b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return bits ^ (bits >>> 16);
}
