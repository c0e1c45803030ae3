import { PdsError } from '@updraft/repository';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from './allowance.ts';
import { cleanUp, path, pathsOf, server } from './run-job.fixture.ts';

/** What a PDS allows; a deletion costs one. */
const PDS_POINTS_PER_HOUR = 5_000;

describe('runJob', () => {
  test('deletes all, and has the repository say so before it ends', async () => {
    const { job, left, sizes } = await cleanUp({ count: 450, behave: server({}) });
    expect([job.jobState, job.numDeleted, job.estNumRemaining, left]).toEqual(['completed', 450, 0, []]);
    expect(sizes).toEqual([200, 200, 50]);
  });

  test('sets aside what is refused alone, and what is only called deleted, after three tries', async () => {
    const [stuck, lies] = [new Set([path(225)]), new Set([path(3)])];
    const { job, left } = await cleanUp({ count: 450, behave: server({ stuck, lies }) });
    expect([job.jobState, job.numDeleted]).toEqual(['completed', 448]);
    expect(new Map(job.setAside.map((each) => [each.path, each.numTries]))).toEqual(
      new Map([
        [path(3), 3],
        [path(225), 3],
      ]),
    );
    expect(left).toEqual([path(3), path(225)]);
    expect(job.stateReason).toBe('2 records could not be deleted');
  });

  test('fails, with the records named, where a server only says that it deletes', async () => {
    const { job, left, runs } = await cleanUp({ count: 300, behave: () => {} });
    expect([job.jobState, job.numDeleted, left.length]).toEqual(['failed', 0, 300]);
    expect(job.stateReason).toContain('says that 300 records are deleted, but they are still there');
    expect(job.setAside).toHaveLength(50);
    expect(runs).toBe(DEFAULT_POLICY.maxFailures);
  });

  test('finds out a server that deletes nothing of more records than an hour allows, and sends no more than that', async () => {
    const { job, mostPerHour } = await cleanUp({ count: 9_000, behave: () => {} });
    expect(job.jobState).toBe('failed');
    expect(mostPerHour).toBeLessThanOrEqual(DEFAULT_POLICY.maxPerHour);
  });

  test('fails on a server that refuses every record', async () => {
    for (const count of [1, 12, 900]) {
      const { job, sizes } = await cleanUp({ count, behave: server({ most: 0 }) });
      expect([job.jobState, job.numDeleted]).toEqual(['failed', 0]);
      expect(job.setAside.length).toBeGreaterThan(0);
      expect(sizes.length).toBeLessThanOrEqual(40 * DEFAULT_POLICY.maxFailures);
    }
  });

  test('ends when more records are refused than it names', async () => {
    const stuck = new Set(pathsOf(900).filter((_, index) => index % 3 === 1));
    const { job, sizes, left } = await cleanUp({ count: 900, behave: server({ stuck }) });
    expect([job.jobState, job.numDeleted]).toEqual(['failed', 900 - left.length]);
    expect(job.stateReason).toBe("the account's server refuses to delete more than 50 records");
    expect(sizes.length).toBeLessThanOrEqual(1_000);
  });

  test('waits, and halves no batch, while the server is away', async () => {
    const away = new PdsError('unavailable', 'away', { status: 503 });
    const { job, sizes } = await cleanUp({
      count: 450,
      behave: (paths, remove, call) => {
        if (call % 2 === 1) throw away;
        for (const each of paths) remove(each);
      },
    });
    expect([job.jobState, job.numDeleted, job.setAside]).toEqual(['completed', 450, []]);
    expect(sizes).toEqual([200, 200, 200, 200, 50, 50]);
  });

  test('spends no more than an hour allows, refused batches included, and remembers the limit that it learnt', async () => {
    const { job, sizes, mostPerHour } = await cleanUp({
      count: 900,
      behave: server({ most: 10 }),
      policy: { maxPerHour: 600 },
    });
    expect([job.jobState, job.numDeleted, job.writesPerCall]).toEqual(['completed', 900, 7]);
    expect(sizes.filter((size) => size > 10).length).toBeLessThanOrEqual(8);
    expect(mostPerHour).toBeLessThanOrEqual(600);
  });

  test('whatever the server does and wherever it is killed, ends with the truth', async () => {
    await fc.assert(
      fc.asyncProperty(anyTrouble(), async ({ stuck, lies, most, faults, kills }) => {
        let truth = 0;
        const honest = server({ stuck, lies, most });
        const { job, left, mostPerHour } = await cleanUp({
          count: 260,
          kills,
          behave: (paths, remove, call) => {
            const fault = faults[call];
            if (fault === 'away') throw new PdsError('unavailable', 'away', { status: 503 });
            honest(paths, (each) => (truth++, remove(each)), call);
            if (fault === 'answer lost') throw new PdsError('unavailable', 'can not be reached');
          },
        });
        const unwilling = new Set([...stuck, ...lies]);
        expect(job.jobState).toBe('completed');
        expect(new Set(left)).toEqual(unwilling);
        expect(new Set(job.setAside.map((each) => each.path))).toEqual(unwilling);
        expect([job.numDeleted, job.claimed, job.estNumRemaining]).toEqual([truth, [], 0]);
        // After a kill the server's hour and ours begin apart: the room that we leave below its limit is for that.
        expect(mostPerHour).toBeLessThanOrEqual(PDS_POINTS_PER_HOUR);
      }),
      { numRuns: 60 },
    );
  });

  test('renews a session of OAuth in the middle, and wherever it is killed deletes on, or asks to sign in again', async () => {
    const [all, few] = [pathsOf(900), new Set([1, 3, 4])];
    const calm = await cleanUp({ count: 900, behave: server({}), renewals: few });
    expect([calm.job.jobState, calm.left]).toEqual(['completed', []]);
    let numLost = 0;
    for (let kill = 1; kill < 60; kill++) {
      const { job, left } = await cleanUp({ count: 900, behave: server({}), renewals: few, kills: new Set([kill]) });
      if (job.jobState === 'failed') numLost++;
      expect(job.numDeleted).toBe(all.length - left.length);
      if (job.jobState === 'completed') expect(left).toEqual([]);
      else expect([job.stateReason, job.refreshToken]).toEqual([expect.stringContaining('sign in again'), '']);
    }
    // After each of four renewals, and before it is stored.
    expect(numLost).toBe(8);
  });
});

function anyTrouble() {
  const some = fc
    .uniqueArray(fc.nat(259), { maxLength: 4 })
    .map((indices) => new Set(indices.map((index) => path(index))));
  return fc.record({
    stuck: some,
    lies: some,
    most: fc.constantFrom(200, 100, 30),
    /** By the number of the call: a run that is never let finish its halving gets nowhere. */
    faults: fc.dictionary(fc.nat(60).map(String), fc.constantFrom('away', 'answer lost'), { maxKeys: 8 }),
    kills: fc.uniqueArray(fc.nat(150), { maxLength: 12 }).map((all) => new Set(all)),
  });
}
