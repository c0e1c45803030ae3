import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEra } from './era.ts';

const SETTINGS = { seed: 1, accounts: 10, hostile: 0, divergence: 0, eventsPerDay: 1_000, liveRate: 100 };
const START = 1_795_364_123_456_789;
const MINUTE = 60_000_000;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-era-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a restart goes on with the same world, under the same numbers', () => {
  const file = join(folder, 'same.json');
  const first = openEra(file, SETTINGS, START);
  expect(first.nowMicros).toBeLessThanOrEqual(START);
  expect(openEra(file, SETTINGS, START + 300 * MINUTE)).toEqual(first);
});

test('an era that was kept before there was divergence goes on', async () => {
  const file = join(folder, 'earlier.json');
  const { divergence: _, ...first } = openEra(file, SETTINGS, START);
  await writeFile(file, JSON.stringify(first));
  expect(openEra(file, SETTINGS, START + MINUTE)).toEqual({ ...first, divergence: 0 });
});

test('other settings, a damaged file, or more to catch up with than can be begin a new era with higher numbers', async () => {
  const file = join(folder, 'other.json');
  const first = openEra(file, SETTINGS, START);
  const later = [
    openEra(file, { ...SETTINGS, seed: 2 }, START + MINUTE),
    openEra(file, { ...SETTINGS, seed: 2 }, START + 24 * 60 * MINUTE),
  ];
  await writeFile(file, '{');
  later.push(openEra(file, SETTINGS, START + 48 * 60 * MINUTE));
  const numbers = [first, ...later].map(({ firstSeq }) => firstSeq);
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  expect(Math.max(...numbers)).toBeLessThan(1e15);
});
