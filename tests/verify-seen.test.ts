import { expect, test } from 'vitest';
import { verifySeen } from './seen-world/verify.ts';

test('invariant 5: in a week no reader of feeds that hide what was seen meets a post twice, at whichever instance, and pages are slices', async () => {
  const { examples, twice, repeatsWithout, again, reports, restarts } = await verifySeen({
    seed: 20_261_126,
    readers: 5,
    acts: 10,
  });
  expect(examples).toEqual([]);
  expect(twice).toBe(0);
  for (const count of [repeatsWithout, again, reports, restarts]) expect(count).toBeGreaterThan(0);
}, 240_000);
