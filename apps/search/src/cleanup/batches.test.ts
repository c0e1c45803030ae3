import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BATCH_SIZE, createBatches } from './batches.ts';

/** A server that refuses batches of more than `most` writes, and those with a record that it can't delete. */
interface FakeServer {
  readonly most?: number;
  readonly stuck?: ReadonlySet<string>;
}

const pathsOf = (count: number) => Array.from({ length: count }, (_, index) => `c/${index}`);

/** Sends everything as a job does, and says what came of it. */
function sendAll(paths: readonly string[], { most = BATCH_SIZE, stuck = new Set() }: FakeServer, room = BATCH_SIZE) {
  const batches = createBatches(paths, BATCH_SIZE);
  const [deleted, proven]: [string[], string[]] = [[], []];
  let [calls, refusals, isHopeless] = [0, 0, false];
  for (let batch = batches.next(room); batch !== undefined && !isHopeless; batch = batches.next(room)) {
    calls++;
    if (batch.length > most || batch.some((path) => stuck.has(path))) {
      refusals++;
      const outcome = batches.refused('500');
      isHopeless = outcome.isHopeless;
      proven.push(...outcome.proven.map(({ path }) => path));
    } else {
      deleted.push(...batch);
      proven.push(...batches.passed().proven.map(({ path }) => path));
    }
  }
  const unproven = batches.unproven().map(({ path }) => path);
  return { deleted, proven, unproven, calls, refusals, isHopeless, size: batches.size() };
}

describe('createBatches', () => {
  test('gives everything once to a server that takes it', () => {
    const { deleted, calls } = sendAll(pathsOf(450), {});
    expect([deleted, calls]).toEqual([pathsOf(450), 3]);
  });

  test('finds the one record that is refused, in few calls, and has the others deleted', () => {
    for (const index of [0, 1, 199, 200, 225, 449]) {
      const { deleted, proven, calls, refusals } = sendAll(pathsOf(450), { stuck: new Set([`c/${index}`]) });
      expect(proven).toEqual([`c/${index}`]);
      expect(new Set(deleted)).toEqual(new Set(pathsOf(450).filter((path) => path !== `c/${index}`)));
      expect(refusals).toBeLessThanOrEqual(9);
      expect(calls).toBeLessThanOrEqual(2 * 8 + 1 + 3);
    }
  });

  test('finds each of several, for twice the logarithm of a batch in calls', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(999), { minLength: 1, maxLength: 8 }), (indices) => {
        const stuck = new Set(indices.map((index) => `c/${index}`));
        const { deleted, proven, calls } = sendAll(pathsOf(1000), { stuck });
        expect(new Set(proven)).toEqual(stuck);
        expect(new Set([...deleted, ...proven])).toEqual(new Set(pathsOf(1000)));
        expect(deleted).toHaveLength(1000 - stuck.size);
        expect(calls).toBeLessThanOrEqual(2 * 9 * stuck.size + 5 + 20);
      }),
    );
  });

  test('learns a smaller limit, and then sends only batches that pass', () => {
    expect(sendAll(pathsOf(2000), { most: 100 })).toMatchObject({ size: 100, refusals: 2, proven: [] });
    const ten = sendAll(pathsOf(2000), { most: 10 });
    expect([ten.size, ten.proven, ten.deleted.length]).toEqual([7, [], 2000]);
    expect(ten.refusals).toBeLessThanOrEqual(8);
    expect(sendAll(pathsOf(150), { most: 100 })).toMatchObject({ refusals: 1, calls: 3 });
  });

  test('keeps its size after one batch that was refused by chance', () => {
    const batches = createBatches(pathsOf(1000), BATCH_SIZE);
    batches.next(BATCH_SIZE);
    batches.refused('500');
    for (const _ of [1, 2]) {
      expect(batches.next(BATCH_SIZE)).toHaveLength(100);
      batches.passed();
    }
    expect(batches.next(BATCH_SIZE)).toHaveLength(200);
  });

  test('blames no record while nothing passes, and ends after a bound', () => {
    const all = sendAll(pathsOf(4000), { most: 0 });
    expect(all).toMatchObject({ proven: [], deleted: [], isHopeless: true });
    expect(all.calls).toBeLessThanOrEqual(30);
    expect(sendAll(pathsOf(2), { most: 0 })).toMatchObject({ proven: [], unproven: ['c/0', 'c/1'], isHopeless: false });
  });

  test('asks at the other end when one end of the list is refused', () => {
    const stuck = new Set(pathsOf(150));
    const { proven, deleted } = sendAll(pathsOf(600), { stuck });
    expect(proven.length).toBeGreaterThan(0);
    expect(deleted.length).toBeGreaterThan(0);
    for (const path of proven) expect(stuck).toContain(path);
  });

  test('sends no more than there is room for', () => {
    const { deleted, calls } = sendAll(pathsOf(45), {}, 10);
    expect([deleted, calls]).toEqual([pathsOf(45), 5]);
  });
});
