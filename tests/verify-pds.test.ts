import { expect, test } from 'vitest';
import { verifyPds } from './pds/verify.ts';

test('the index is, row for row, what a real PDS lists of its repositories, whatever their owners did', async () => {
  const { deeds, differences, rows } = await verifyPds({ seed: 20_261_125, deeds: 130 });
  expect(differences).toEqual([]);
  expect(rows).toBeGreaterThan(60);
  expect(deeds['swap']).toBeGreaterThan(8);
  expect(Object.keys(deeds)).toEqual(
    expect.arrayContaining(['gallery', 'deactivate', 'reactivate', 'change the handle', 'delete the account']),
  );
}, 240_000);
