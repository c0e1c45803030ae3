import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const read = (path: string) => readFile(resolve(import.meta.dirname, '..', path), 'utf8');

test('docs/operations.md says of every alert, and of no other, what to do', async () => {
  const alerts = [...(await read('deploy/prometheus/alerts.yml')).matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const runbook = (await read('docs/operations.md')).split('\n## ').find((part) => part.startsWith('Alerts\n')) ?? '';
  const sections = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  expect(alerts.length).toBeGreaterThan(15);
  expect(sections).toEqual(alerts);
});

test('every recipe that a document names is there', async () => {
  const recipes = new Set(
    [...(await read('justfile')).matchAll(/^([a-z][a-z-]*)(?: .*)?:(?!=)/gm)].map(([, name]) => name),
  );
  const documents = ['README.md', 'CONTRIBUTING.md', 'docs/operations.md', 'docs/scaling.md', 'docs/migrating.md'];
  const texts = await Promise.all(documents.map(read));
  const named = [...texts.join('\n').matchAll(/(?:`|^)just ([a-z][a-z-]*)/gm)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !recipes.has(name))).toEqual([]);
});
