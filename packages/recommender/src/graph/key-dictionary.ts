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
  const table = createTable();
  const { references } = table;
  const giveBack = (id: number): void => {
    remove(table, id);
    onFree(id);
  };
  return {
    get size() {
      return table.size;
    },
    get bound() {
      return table.bound;
    },
    get bytes() {
      return table.los.byteLength * 3 + table.slots.byteLength + table.free.length * 8;
    },
    find: (lo, hi) => (table.slots[slotOf(table, lo, hi)] as number) - 1,
    intern: (lo, hi) => {
      const slot = slotOf(table, lo, hi);
      const entry = table.slots[slot] as number;
      return entry === 0 ? add(table, slot, lo, hi) : entry - 1;
    },
    retain: (id) => {
      references.of[id] = (references.of[id] as number) + 1;
    },
    release: (id) => {
      const left = (references.of[id] as number) - 1;
      references.of[id] = left;
      if (left === 0) giveBack(id);
    },
    sweep: (id) => {
      if (references.of[id] === 0) giveBack(id);
    },
    keyOf: (id) => ({ lo: table.los[id] as number, hi: table.his[id] as number }),
  };
}

/** Keys by id, and a hash table of open addressing that finds them. */
type Table = ReturnType<typeof createTable>;

function createTable() {
  return {
    los: new Uint32Array(0),
    his: new Uint32Array(0),
    references: { of: new Uint32Array(0) },
    /** id + 1, or 0. */
    slots: new Uint32Array(FIRST_SLOTS),
    size: 0,
    bound: 0,
    free: new Array<number>(),
  };
}

function homeOf({ slots }: Table, lo: number, hi: number): number {
  return (lo ^ (hi >>> 7)) & (slots.length - 1);
}

/** The slot of the key, or the empty one where it belongs. */
function slotOf(table: Table, lo: number, hi: number): number {
  const { slots, los, his } = table;
  const mask = slots.length - 1;
  for (let slot = homeOf(table, lo, hi); ; slot = (slot + 1) & mask) {
    const entry = slots[slot] as number;
    if (entry === 0 || (los[entry - 1] === lo && his[entry - 1] === hi)) return slot;
  }
}

function add(table: Table, slot: number, lo: number, hi: number): number {
  const id = table.free.pop() ?? table.bound++;
  table.los = withPlaceFor(table.los, id);
  table.his = withPlaceFor(table.his, id);
  table.references.of = withPlaceFor(table.references.of, id);
  table.los[id] = lo;
  table.his[id] = hi;
  table.references.of[id] = 0;
  table.slots[slot] = id + 1;
  table.size += 1;
  if (table.size > table.slots.length * MAX_LOAD) rehash(table);
  return id;
}

function rehash(table: Table): void {
  const old = table.slots;
  table.slots = new Uint32Array(old.length * 2);
  for (const entry of old)
    if (entry !== 0) table.slots[slotOf(table, table.los[entry - 1] as number, table.his[entry - 1] as number)] = entry;
}

function remove(table: Table, id: number): void {
  empty(table, slotOf(table, table.los[id] as number, table.his[id] as number));
  table.size -= 1;
  table.references.of[id] = FREE;
  table.free.push(id);
}

/** Moves back what would no longer be found past the empty slot. */
function empty(table: Table, slot: number): void {
  const { slots, los, his } = table;
  const mask = slots.length - 1;
  let hole = slot;
  for (let next = (slot + 1) & mask; slots[next] !== 0; next = (next + 1) & mask) {
    const entry = (slots[next] as number) - 1;
    const home = homeOf(table, los[entry] as number, his[entry] as number);
    if (((next - home) & mask) < ((next - hole) & mask)) continue;
    slots[hole] = entry + 1;
    hole = next;
  }
  slots[hole] = 0;
}
