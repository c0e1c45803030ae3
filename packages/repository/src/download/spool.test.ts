import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';

test("importing the package leaves the engine's flags alone", async () => {
  await import('../index.ts');
  expect(runInNewContext('typeof gc')).toBe('undefined');
});
