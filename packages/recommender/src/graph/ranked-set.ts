/** A set of ids that tells the place of each in order: in one cache line, however large the set. */
export interface RankedSet {
  readonly size: number;
  readonly bytes: number;
  /** How many smaller ids are in it; -1 when the id itself is not. */
  rankOf(id: number): number;
  /** In ascending order. */
  forEach(visit: (id: number) => void): void;
}

/** A block is eight words: how many ids come before it, and seven words of bits. */
const WORDS = 8;
const IDS = 7 * 32;

export function createRankedSet(ids: Uint32Array, bound: number): RankedSet {
  const blocks = Math.ceil(bound / IDS);
  const data = new Uint32Array(blocks * WORDS);
  for (const id of ids) {
    const place = placeOf(id);
    data[place] = (data[place] as number) | (1 << (id % IDS & 31));
  }
  let size = 0;
  for (let block = 0; block < blocks; block++) {
    data[block * WORDS] = size;
    for (let word = 1; word < WORDS; word++) size += bitsOf(data[block * WORDS + word] as number);
  }
  return {
    size,
    bytes: data.byteLength,
    rankOf: (id) => rankIn(data, id),
    forEach: (visit) => {
      for (let block = 0; block < blocks; block++)
        for (let word = 1; word < WORDS; word++)
          for (let bits = data[block * WORDS + word] as number; bits !== 0; bits &= bits - 1)
            visit(block * IDS + (word - 1) * 32 + (31 - Math.clz32(bits & -bits)));
    },
  };
}

function placeOf(id: number): number {
  const block = Math.floor(id / IDS);
  return block * WORDS + 1 + ((id - block * IDS) >>> 5);
}

function rankIn(data: Uint32Array, id: number): number {
  const place = placeOf(id);
  if (place >= data.length) return -1; // the id is younger than the set
  const word = data[place] as number;
  const bit = 1 << (id % IDS & 31);
  if ((word & bit) === 0) return -1;
  const start = Math.floor(place / WORDS) * WORDS;
  let rank = (data[start] as number) + bitsOf(word & (bit - 1));
  for (let before = start + 1; before < place; before++) rank += bitsOf(data[before] as number);
  return rank;
}

function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
