import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers that a seed and a name determine. */
export interface Random {
  /** In [0, 1), of 32 bits. */
  next(): number;
  /** A whole number in [0, below). */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** Streams of different names are independent of one another: a change in one part of the world leaves the rest as it was. */
export function createRandom(seed: number, name: string): Random {
  const digest = createHash('sha256').update(`${seed}/${name}`).digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
  const next = () => (generator.next() >>> 0) / 2 ** 32;
  return {
    next,
    int: (below) => Math.floor(next() * below),
    chance: (probability) => next() < probability,
    pick: (list) => {
      const item = list[Math.floor(next() * list.length)];
      if (item === undefined) throw new RangeError('nothing to pick from an empty list');
      return item;
    },
  };
}

/**
 * Picks by weight in one step: `table[int(table.length)]`. Weights are rounded to 1/16384 of their sum; a weight above 0 keeps at least
 * one slot.
 */
export function createWeighted<T>(weights: readonly (readonly [T, number])[]): (random: Random) => T {
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  const table = weights.flatMap(([item, weight]) =>
    weight > 0 ? new Array<T>(Math.max(1, Math.round((weight / sum) * SLOTS))).fill(item) : [],
  );
  return (random) => random.pick(table);
}

const SLOTS = 16_384;
