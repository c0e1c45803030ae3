import { expect, test } from 'vitest';
import { verifyReaders } from './readers/verify.ts';

test('/stats/feeds says what readers saw and did, whatever is sent twice, late, for pages of others or with made-up names', async () => {
  const { examples, rows, interactions } = await verifyReaders({ seed: 20_261_126, acts: 40, forged: 5_000 });
  expect(examples).toEqual([]);
  expect(rows).toBeGreaterThan(50);
  expect(interactions).toBeGreaterThan(6_000);
}, 120_000);
