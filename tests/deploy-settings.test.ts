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
const notInExamples = ['LISTEN_ADDRESS', 'METRICS_LISTEN_ADDRESS', 'SPOOL_DIRECTORY'];
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

const compose = await readFile(join(root, 'docker-compose.yml'), 'utf8');
/** The text of each service. */
const services = new Map(
  (/^services:\n([^]*?)^networks:/m.exec(compose)?.[1] ?? '')
    .split(/^ {2}(?=[a-z])/m)
    .slice(1)
    .map((text): [string, string] => [text.split(':')[0] ?? '', text]),
);

describe('docker-compose.yml', () => {
  test('closes every container: no right of root, none to be gained, nothing to be written', () => {
    const closed = /^x-closed: &closed\n([^]*?)\n\n/m.exec(compose)?.[1] ?? '';
    expect(closed.split('\n').map((line) => line.trim())).toEqual([
      'read_only: true',
      'tmpfs: ["/tmp:size=256m,mode=1777"]',
      'cap_drop: [ALL]',
      'security_opt: ["no-new-privileges:true"]',
    ]);
    expect(/^x-app: &app\n +<<: \[\*restart, \*closed\]$/m.test(compose)).toBe(true);
    expect([...services.keys()]).toEqual(
      expect.arrayContaining(['clickhouse', 'redis', 'migrate', 'admin', 'grafana']),
    );
    const open = [...services].filter(([, text]) => !/^ {4}<<: (\*app|\*closed|\[\*restart, \*closed\])$/m.test(text));
    expect(open.map(([name]) => name)).toEqual([]);
    expect(compose).not.toMatch(/cap_add|privileged: true|read_only: false/);
  });

  test('gives each database the secrets of its own, and the owner’s to none of the apps', () => {
    const files = (name: string) => /env_file: \[(.*)\]/.exec(services.get(name) ?? '')?.[1];
    expect([files('clickhouse'), files('redis')]).toEqual(['env/clickhouse.env', 'env/redis.env']);
    // The later file has the say: of an app its own, of admin that of the owner.
    for (const app of Object.keys(apps)) expect(files(app)).toBe(`env/common.env, env/${app}.env`);
    expect(files('admin')).toBe('env/feedgen.env, env/common.env');
  });

  test('never has the password of Redis among the words of a command', () => {
    expect(services.get('redis')).toContain('printf \'requirepass %s\\n\' "$$REDIS_PASSWORD" > /tmp/redis.conf');
    expect(services.get('redis')).not.toContain('--requirepass');
    expect(services.get('redis')).not.toContain('protected-mode');
  });

  test('has every image that is pulled in a variable, for digests', () => {
    const pulled = [...services.values()]
      .map((text) => /^ {4}image: (\S+)/m.exec(text)?.[1] ?? '')
      .filter((image) => !image.startsWith('updraft-'));
    expect(pulled.filter((image) => !/^\$\{[A-Z]+_IMAGE:-[^}]+:[^}]+\}$/.test(image))).toEqual([]);
    const built = [...services.values()].filter((text) => text.includes('context: .'));
    expect(built.filter((text) => !text.includes('NODE_IMAGE: "${NODE_IMAGE:-'))).toEqual([]);
  });
});

describe('deploy/clickhouse/users.xml', () => {
  test('knows the user of each env file, by the hash that scripts/env-files.sh makes', async () => {
    const xml = await readFile(join(root, 'deploy/clickhouse/users.xml'), 'utf8');
    for (const name of ['common', ...Object.keys(apps)]) {
      const user = (await exampleOf(name)).find(({ variable }) => variable === 'CLICKHOUSE_USERNAME')?.value ?? '';
      expect(xml).toContain(
        `<${user}>\n      <password_sha256_hex from_env="CLICKHOUSE_${user.toUpperCase()}_SHA256"/>`,
      );
    }
    expect(xml).not.toMatch(/<password>[^<]/);
  });
});
