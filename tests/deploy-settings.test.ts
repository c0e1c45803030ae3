import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFeedgenConfig } from '@updraft/feedgen';
import { readIndexerConfig } from '@updraft/indexer';
import { readSearchConfig } from '@updraft/search';
import { PINNED_SETTINGS } from '@updraft/store';
import { describe, expect, test } from 'vitest';

type Environment = Readonly<Record<string, string | undefined>>;

const root = join(import.meta.dirname, '..');
const addresses = { CLICKHOUSE_ADDRESS: 'clickhouse:8123', REDIS_ADDRESS: 'redis:6379' };

const apps = {
  indexer: readIndexerConfig,
  feedgen: readFeedgenConfig,
  search: readSearchConfig,
};

/** Set by docker-compose.yml, or for tests only. */
const notInExamples = ['LISTEN_ADDRESS', 'METRICS_LISTEN_ADDRESS', 'SPOOL_DIRECTORY', 'CRASH_POINT'];
/** The variables that an app asks for. */
function variablesOf(read: (env: Environment) => unknown): string[] {
  const asked = new Set<string>();
  const env = new Proxy<Record<string, string | undefined>>(addresses, {
    get: (given, name) => {
      if (typeof name === 'string') asked.add(name);
      return Reflect.get(given, name);
    },
  });
  read(env);
  return [...asked];
}

/** The variables that an example names, with their values; `isDefault`: behind a #. */
async function exampleOf(name: string): Promise<{ variable: string; value: string; isDefault: boolean }[]> {
  const text = await readFile(join(root, 'env', `${name}.env.example`), 'utf8');
  return [...text.matchAll(/^(# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, hash, variable = '', value = '']) => ({
    variable,
    value,
    isDefault: hash !== undefined,
  }));
}

const common = await exampleOf('common');

describe.for(Object.entries(apps))('env/%s.env.example', ([name, read]) => {
  test('names every variable that the app reads, and no other', async () => {
    const own = (await exampleOf(name)).map(({ variable }) => variable);
    const told = new Set([...own, ...common.map(({ variable }) => variable)]);
    const asked = variablesOf(read);
    expect(asked.filter((variable) => !told.has(variable) && !notInExamples.includes(variable))).toEqual([]);
    expect(own.filter((variable) => !asked.includes(variable))).toEqual([]);
  });

  test('tells the true defaults', async () => {
    const defaults = [...(await exampleOf(name)), ...common].filter(
      ({ variable, value, isDefault }) => isDefault && value !== '' && variable !== 'FEEDS_FILE',
    );
    const asked = variablesOf(read);
    const told = defaults
      .filter(({ variable }) => asked.includes(variable))
      .map(({ variable, value }) => [variable, read({ ...addresses, [variable]: value })]);
    expect(told).toEqual(told.map(([variable]) => [variable, read(addresses)]));
  });
});

test('ClickHouse’s settings profile in deploy/ pins what the client pins', async () => {
  const xml = await readFile(join(root, 'deploy/clickhouse/users.xml'), 'utf8');
  const profile = /<profiles>\s*<default>([^]*?)<\/default>/.exec(xml)?.[1] ?? '';
  const told = [...profile.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, setting, value]) => [setting, value]);
  expect(told).toEqual(
    expect.arrayContaining(Object.entries(PINNED_SETTINGS).map(([setting, value]) => [setting, String(value)])),
  );
});
