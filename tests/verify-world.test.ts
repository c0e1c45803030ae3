import { describe, expect, test } from 'vitest';
import { ACTS, type Act } from './world/acts.ts';
import { V2_ACTS } from './world/acts-v2.ts';
import { verifyWorld } from './world/verify.ts';

/** The acts of these names, each once. */
const actsOf = (all: readonly Act[], names: readonly string[]) =>
  names.flatMap((wanted) => all.find(({ name }) => name === wanted) ?? []);

describe('a hostile world', () => {
  test('stands in every table as its truth says on two servers that are one cluster, after kills of each process and two replays, one of them from another host', async () => {
    const acts = actsOf(ACTS, [
      'the indexer dies mid-write',
      'indexer and ClickHouse are killed together', // the first server,
      'clickhouse is killed', // and the second one
      'events come again',
    ]);
    const verdict = await verifyWorld({ seed: 20_261_122, events: 1_500, accounts: 100, acts, shards: 2 });
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, mismatched: 0, gaps: 0, kills: 4, examples: [] });
    expect(verdict.rejected).toBeGreaterThan(20);
  });

  test('stands so when its repositories diverge, its server crashes, and v1 and v2 are read in turns', async () => {
    const acts = actsOf(V2_ACTS, [
      'the server crashes while the indexer is down',
      'the cursor is too old for the host that was read',
      'v1 of another host takes over',
    ]);
    const verdict = await verifyWorld({ protocol: 'v2', seed: 39, events: 2_400, accounts: 100, acts });
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, mismatched: 0, gaps: 0, kills: 2, examples: [] });
    expect(verdict.synced).toBeGreaterThan(5);
    expect(verdict.retried).toBeGreaterThan(0);
  });
});
