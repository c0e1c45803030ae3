import { expect, test } from 'vitest';
import { createWorld } from '../world/world.ts';
import { createLabelling } from './labelling.ts';

function labelsOf(seed: number) {
  const labelling = createLabelling(seed);
  const events = createWorld({ seed: 5, accounts: 300 }).events();
  return Array.from({ length: 25_000 }, () => labelling(events.next().value)).flat();
}

test('a world has labels on posts and accounts, some of which end or are taken back, and the same ones again', () => {
  const labels = labelsOf(1);
  const taken = labels.filter(({ neg }) => neg === true);
  expect(labels).toEqual(labelsOf(1));
  expect(labels).not.toEqual(labelsOf(2));
  expect(labels.filter(({ uri }) => uri.startsWith('did:')).length).toBeGreaterThan(0);
  expect(labels.filter(({ exp }) => exp !== undefined).length).toBeGreaterThan(0);
  expect(taken.length).toBeGreaterThan(0);
  for (const { uri, val } of taken)
    expect(labels.some((label) => label.uri === uri && label.val === val && !label.neg)).toBe(true);
});
