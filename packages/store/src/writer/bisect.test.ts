import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bisect } from './bisect.ts';

/** A table that refuses any range with one of the `bad` rows in it, and counts what it took. */
function picky(bad: ReadonlySet<number>) {
  const taken: number[] = [];
  const refusal = async (from: number, to: number) => {
    for (let row = from; row < to; row++) if (bad.has(row)) return `row ${row}`;
    for (let row = from; row < to; row++) taken.push(row);
    return undefined;
  };
  return { taken, refusal };
}

describe('bisect', () => {
  it('finds just the refused rows, and every other row is taken once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 300 }),
        fc.array(fc.nat(299), { maxLength: 12 }),
        async (rows, picks) => {
          const bad = new Set(picks.map((pick) => pick % rows));
          fc.pre(bad.size < rows);
          const { taken, refusal } = picky(bad);
          const refused = await bisect(rows, 'whole', refusal);
          expect(refused).toEqual(new Map([...bad].map((row) => [row, `row ${row}`])));
          expect(taken.toSorted((a, b) => a - b)).toEqual(
            Array.from({ length: rows }, (_, row) => row).filter((row) => !bad.has(row)),
          );
        },
      ),
    );
  });

  it('gives up early on a block of which no row is taken', async () => {
    let tries = 0;
    const refused = await bisect(50_000, 'whole', async () => {
      tries++;
      return 'no';
    });
    expect(refused).toBe('all');
    expect(tries).toBeLessThan(100);
  });

  it('gives up when more than a thousand rows are refused', async () => {
    const bad = new Set(Array.from({ length: 1_001 }, (_, index) => index * 3));
    expect(await bisect(5_000, 'whole', picky(bad).refusal)).toBe('all');
    bad.delete(0);
    expect(await bisect(5_000, 'whole', picky(bad).refusal)).toHaveProperty('size', 1_000);
  });

  it('needs about twice log2 tries for one row of many', async () => {
    let tries = 0;
    const { refusal } = picky(new Set([31_337]));
    await bisect(50_000, 'whole', (from, to) => {
      tries++;
      return refusal(from, to);
    });
    expect(tries).toBeLessThanOrEqual(32);
  });
});
