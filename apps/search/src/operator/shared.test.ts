import { expect, test } from 'vitest';
import { createShared } from './shared.ts';

test('an answer is shared by all who ask while it is computed, and for as long as it lives', async () => {
  const gate = Promise.withResolvers<void>();
  let runs = 0;
  const read = createShared(60_000, async () => {
    await gate.promise;
    return ++runs;
  });
  const asked = [read(), read()];
  gate.resolve();
  expect(await Promise.all([...asked, read()])).toEqual([1, 1, 1]);
});

test('an answer that is too old is computed again', async () => {
  let runs = 0;
  const read = createShared(0, async () => ++runs);
  await read();
  await expect.poll(read).toBeGreaterThan(1);
});

test('one that took long lives longer, so that it does not keep a server busy', async () => {
  let runs = 0;
  const read = createShared(0, async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return ++runs;
  });
  await read();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await read()).toBe(1);
});

test('a failure is told to those who wait, and to nobody later', async () => {
  let runs = 0;
  const read = createShared(60_000, async () => {
    if (++runs === 1) throw new Error('away');
    return runs;
  });
  const told = await Promise.allSettled([read(), read()]);
  expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await read()).toBe(2);
});
