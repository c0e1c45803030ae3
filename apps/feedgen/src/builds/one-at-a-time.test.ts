import { expect, test } from 'vitest';
import { oneAndTheNext } from './one-at-a-time.ts';

test('however many call while one runs, all get the next run, which begins after they called', async () => {
  let runs = 0;
  const ends: (() => void)[] = [];
  const call = oneAndTheNext(() => {
    runs += 1;
    return new Promise((resolve) => void ends.push(resolve));
  });
  const first = call();
  await expect.poll(() => runs).toBe(1);
  const others = Array.from({ length: 100 }, () => call());
  ends[0]?.();
  await first;
  await expect.poll(() => runs).toBe(2);
  const late = call();
  ends[1]?.();
  await Promise.all(others);
  await expect.poll(() => runs).toBe(3);
  ends[2]?.();
  await late;
});

test('a run that fails is told to who waited for it, and does not keep the next one', async () => {
  let runs = 0;
  const call = oneAndTheNext(async () => {
    runs += 1;
    if (runs === 1) throw new Error('away');
  });
  const first = call();
  await expect(first).rejects.toThrow('away');
  await call();
  expect(runs).toBe(2);
});
