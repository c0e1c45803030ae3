import { withPlaceFor } from './growing.ts';

/**
 * Small numbers for 64-bit keys, which are hashes. Each id counts who refers to it, and is given to another key once nobody does: so the
 * dictionary is never larger than the most that was needed at one time.
 */
export interface KeyDictionary {
  /** How many keys it holds. */
  readonly size: number;
  /** One more than the largest id ever given. */
  readonly bound: number;
  readonly bytes: number;
  /** -1: unknown. */
  find(lo: number, hi: number): number;
  /** The key's id, a new one if need be. Nobody refers to a new one until `retain`. */
  intern(lo: number, hi: number): number;
  retain(id: number): void;
  /** Gives the id back when it was the last reference. */
  release(id: number): void;
  /** Gives an id back to which nobody refers. */
  sweep(id: number): void;
  keyOf(id: number): { readonly lo: number; readonly hi: number };
}

/** In place of a number of references: the id is nobody's. */
const FREE = 0xffff_ffff;
const FIRST_SLOTS = 1_024;
/** Of the slots that are used at most. */
const MAX_LOAD = 0.65;

export function createKeyDictionary(onFree: (id: number) => void = () => {}): KeyDictionary {
  let los = new Uint32Array(0);
  let his = new Uint32Array(0);
  let references = new Uint32Array(0);
  /** id + 1, or 0. */
  let slots = new Uint32Array(FIRST_SLOTS);
  let mask = FIRST_SLOTS - 1;
  let size = 0;
  let bound = 0;
  const free: number[] = [];

  const home = (lo: number, hi: number) => (lo ^ (hi >>> 7)) & mask;

  function slotOf(lo: number, hi: number): number {
    for (let slot = home(lo, hi); ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number;
      if (entry === 0 || (los[entry - 1] === lo && his[entry - 1] === hi)) return slot;
    }
  }

  function rehash(): void {
    const old = slots;
    slots = new Uint32Array(old.length * 2);
    mask = slots.length - 1;
    for (const entry of old) if (entry !== 0) slots[slotOf(los[entry - 1] as number, his[entry - 1] as number)] = entry;
  }

  function add(slot: number, lo: number, hi: number): number {
    const id = free.pop() ?? bound++;
    los = withPlaceFor(los, id);
    his = withPlaceFor(his, id);
    references = withPlaceFor(references, id);
    los[id] = lo;
    his[id] = hi;
    references[id] = 0;
    slots[slot] = id + 1;
    size += 1;
    if (size > slots.length * MAX_LOAD) rehash();
    return id;
  }

  /** Moves back what would no longer be found past the empty slot. */
  function empty(slot: number): void {
    let hole = slot;
    for (let next = (slot + 1) & mask; slots[next] !== 0; next = (next + 1) & mask) {
      const entry = (slots[next] as number) - 1;
      const wanted = home(los[entry] as number, his[entry] as number);
      if (((next - wanted) & mask) < ((next - hole) & mask)) continue;
      slots[hole] = entry + 1;
      hole = next;
    }
    slots[hole] = 0;
  }

  function giveBack(id: number): void {
    empty(slotOf(los[id] as number, his[id] as number));
    size -= 1;
    references[id] = FREE;
    free.push(id);
    onFree(id);
  }

  return {
    get size() {
      return size;
    },
    get bound() {
      return bound;
    },
    get bytes() {
      return los.byteLength * 3 + slots.byteLength + free.length * 8;
    },
    find: (lo, hi) => (slots[slotOf(lo, hi)] as number) - 1,
    intern: (lo, hi) => {
      const slot = slotOf(lo, hi);
      const entry = slots[slot] as number;
      return entry === 0 ? add(slot, lo, hi) : entry - 1;
    },
    retain: (id) => {
      references[id] = (references[id] as number) + 1;
    },
    release: (id) => {
      const left = (references[id] as number) - 1;
      references[id] = left;
      if (left === 0) giveBack(id);
    },
    sweep: (id) => {
      if (references[id] === 0) giveBack(id);
    },
    keyOf: (id) => ({ lo: los[id] as number, hi: his[id] as number }),
  };
}
