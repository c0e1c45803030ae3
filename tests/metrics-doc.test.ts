import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFeedgenMetrics } from '@updraft/feedgen';
import { createIndexerMetrics } from '@updraft/indexer';
import { createSearchMetrics } from '@updraft/search';
import { addProcessMetrics } from '@updraft/service';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly labels: string;
}

const indexer = new Registry();
createIndexerMetrics({ registry: indexer, now: Date.now });
const everyApp = new Registry();
addProcessMetrics(everyApp);

const registries: Readonly<Record<string, Registry>> = {
  Indexer: indexer,
  'Feed generator': createFeedgenMetrics().registry,
  Search: createSearchMetrics(() => ({ underWay: 0, waiting: 0 })).registry,
  'Every app': everyApp,
};

const page = await readFile(join(import.meta.dirname, '../docs/metrics.md'), 'utf8');

/** The rows of one section's table: name, type, unit, labels, meaning. */
function rowsOf(section: string): string[][] {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? '';
  return [...text.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name = '', rest = '']) => [
    name,
    ...rest.split(' | '),
  ]);
}

async function registered(registry: Registry): Promise<Entry[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, type }) => ({ name, type: String(type), labels: labelsOf(registry, name) }));
}

function labelsOf(registry: Registry, name: string): string {
  const metric: unknown = registry.getSingleMetric(name);
  const labels = typeof metric === 'object' && metric !== null && 'labelNames' in metric ? metric.labelNames : [];
  return (labels as string[]).map((label) => `\`${label}\``).join(', ');
}

describe('docs/metrics.md', () => {
  test.for(Object.entries(registries))(
    'names every metric of %s, its type and its labels, and no other',
    async ([section, registry]) => {
      const told = rowsOf(section).map(([name, type, , labels]) => ({ name, type, labels }));
      const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }) =>
        (a.name ?? '').localeCompare(b.name ?? '');
      expect(told.toSorted(byName)).toEqual((await registered(registry)).toSorted(byName));
    },
  );

  test('gives each metric a unit that its name bears, and a meaning', () => {
    const rows = Object.keys(registries).flatMap(rowsOf);
    expect(rows.length).toBeGreaterThan(50);
    const isTrue = ([name = '', , unit = '', , meaning = '']: string[]) =>
      unit !== '' &&
      meaning !== '' &&
      (unit === 'seconds') === /_seconds(_total)?$/.test(name) &&
      (unit === 'bytes') === name.endsWith('_bytes');
    expect(rows.filter((row) => !isTrue(row))).toEqual([]);
  });
});

describe('metrics', () => {
  test('have names by Prometheus’s conventions', async () => {
    const metrics = (await Promise.all(Object.values(registries).map(registered))).flat();
    const isConventional = ({ name, type }: Entry) =>
      /^[a-z][a-z0-9_]*$/.test(name) &&
      name.endsWith('_total') === (type === 'counter') &&
      !/_(ms|milliseconds|micros|minutes|hours|kb|mb|percent)(_|$)/.test(name);
    expect(metrics.filter((metric) => !isConventional(metric))).toEqual([]);
  });
});
