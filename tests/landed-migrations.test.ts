import { expect, test } from 'vitest';
import { faultsOfLanded } from './landed-migrations.ts';

test('a migration that has landed stays as it is, up and down, and each has its line in the list of those', async () => {
  expect(await faultsOfLanded()).toEqual([]);
});
