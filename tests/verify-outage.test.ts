import { expect, test } from 'vitest';
import { verifyOutage } from './world/outage.ts';

test('invariant 1: nothing is lost while ClickHouse is away, and every table is as the truth says afterwards', async () => {
  const verdict = await verifyOutage({
    seconds: 3,
    calmSeconds: 2,
    rate: 500,
    seed: 77,
    accounts: 500,
    eventsPerDay: 5_000,
    onProgress: () => {},
  });
  expect(verdict.missed).toBeGreaterThan(500);
  expect(verdict).toMatchObject({ lost: 0, doubled: 0, mismatched: 0, gaps: 0, examples: [] });
}, 120_000);
