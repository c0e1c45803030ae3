import { describe, expect, test } from 'vitest';
import { ACTS } from './world/acts.ts';
import { V2_ACTS } from './world/acts-v2.ts';
import { verifyWorld } from './world/verify.ts';

const SOME = [
  'the indexer dies mid-write',
  'the indexer dies after-write',
  'indexer and ClickHouse are killed together',
  'another host takes over',
  'events come again',
];

const SOME_OF_V2 = [
  'the server crashes while the indexer is down',
  'the cursor is too old for the host that was read',
  'v1 of another host takes over',
];

describe('a hostile world', () => {
  test('stands in every table as its truth says, after kills of each process, another host and two replays', async () => {
    const acts = ACTS.filter(({ name }) => SOME.includes(name));
    const verdict = await verifyWorld({ seed: 20_261_122, events: 2_500, accounts: 150, acts });
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, mismatched: 0, gaps: 0, examples: [] });
    expect(verdict.kills).toBe(4);
    expect(verdict.rejected).toBeGreaterThan(30);
  });

  test('stands so when its repositories diverge, its server crashes, and v1 and v2 are read in turns', async () => {
    const acts = [...ACTS, ...V2_ACTS].filter(({ name }) => SOME_OF_V2.includes(name));
    const verdict = await verifyWorld({ protocol: 'v2', seed: 14, events: 3_500, accounts: 120, acts });
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, mismatched: 0, gaps: 0, examples: [] });
    expect(verdict.kills).toBe(2);
    expect(verdict.synced).toBeGreaterThan(5);
    expect(verdict.retried).toBeGreaterThan(0);
  });

  test('stands so on two servers that are one cluster, each of which is killed', async () => {
    const acts = ACTS.filter(({ name }) => name === 'clickhouse is killed' || name === 'events come again');
    const verdict = await verifyWorld({ seed: 7, events: 2_000, accounts: 150, acts, shards: 2 });
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, mismatched: 0, gaps: 0, kills: 2, examples: [] });
  });
});
