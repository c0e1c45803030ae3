import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readFeedgenConfig } from '@updraft/feedgen';
import { readIndexerConfig } from '@updraft/indexer';
import { readSearchConfig } from '@updraft/search';
import { ConfigError } from '@updraft/service';
import { clickHouseOptions, readCommandStores, redisAddress } from '@updraft/store';
import { describe, expect, test } from 'vitest';
import { PROGRAM_ENV } from './indexer/program.ts';

type Environment = Readonly<Record<string, string>>;

/** What every service has in common, read by each of them. */
const services = {
  indexer: readIndexerConfig,
  feedgen: readFeedgenConfig,
  search: (env: Environment) => {
    const read = readSearchConfig(env);
    return { ...read, clickhouse: clickHouseOptions(read), redis: redisAddress(read), logLevel: read.LOG_LEVEL };
  },
};
const commands = { admin: readCommandStores, migrate: readCommandStores };

const ADDRESSES = { CLICKHOUSE_ADDRESS: 'clickhouse:8123', REDIS_ADDRESS: 'redis:6379' };
const STORES: Environment = {
  ...ADDRESSES,
  CLICKHOUSE_USERNAME: 'someone',
  CLICKHOUSE_PASSWORD: 'secret',
  CLICKHOUSE_DATABASE: 'other',
  CLICKHOUSE_CLUSTER: 'many',
  CLICKHOUSE_SHARDS: 'first:8123, second:8123',
  REDIS_PASSWORD: 'hidden',
  REDIS_PREFIX: 'mine',
};
const STORES_MEAN = {
  clickhouse: {
    address: 'clickhouse:8123',
    username: 'someone',
    password: 'secret',
    database: 'other',
    cluster: { name: 'many', servers: ['first:8123', 'second:8123'], isReplicated: false },
  },
  redis: { address: 'redis:6379', password: 'hidden', prefix: 'mine' },
};
const WRONG: Environment = {
  CLICKHOUSE_ADDRESS: 'clickhouse',
  CLICKHOUSE_DATABASE: 'a-b',
  CLICKHOUSE_CLUSTER: 'a b',
  CLICKHOUSE_SHARDS: 'first:8123,second',
  CLICKHOUSE_REPLICATED: 'perhaps',
  REDIS_ADDRESS: 'redis',
};
const WRONG_FOR_SERVICES: Environment = {
  ...WRONG,
  LOG_LEVEL: 'loud',
  METRICS_LISTEN_ADDRESS: '8091',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'collector',
  OTEL_TRACES_SAMPLER_ARG: '2',
};

function faultsOf(read: (env: Environment) => unknown, env: Environment): readonly string[] {
  try {
    read(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.toSorted();
    throw error;
  }
}

describe.for(Object.entries(services))('%s', ([, read]) => {
  test('reads where the databases are as all others do', () => {
    expect(read(STORES)).toMatchObject(STORES_MEAN);
  });

  test('is told where the databases are, and guesses neither', () => {
    expect(faultsOf(read, {})).toEqual([
      "CLICKHOUSE_ADDRESS is not set, expected 'host:port' or a URL",
      "REDIS_ADDRESS is not set, expected 'host:port' or a URL",
    ]);
  });

  test.for(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])('takes LOG_LEVEL=%s', (level) => {
    expect(read({ ...ADDRESSES, LOG_LEVEL: level })).toMatchObject({ logLevel: level });
  });

  test('takes the name in traces', () => {
    expect(() => read({ ...ADDRESSES, SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER_ARG: '0.1' })).not.toThrow();
  });

  test('refuses what is wrong in the words of all others', () => {
    expect(faultsOf(read, WRONG_FOR_SERVICES)).toEqual(faultsOf(readIndexerConfig, WRONG_FOR_SERVICES));
    expect(faultsOf(read, WRONG_FOR_SERVICES)).toHaveLength(Object.keys(WRONG_FOR_SERVICES).length);
  });
});

describe.for(Object.entries({ ...services, ...commands }))('%s', ([, read]) => {
  test.for([
    [{ CLICKHOUSE_CLUSTER: 'many' }, /^CLICKHOUSE_SHARDS is not set/],
    [{ CLICKHOUSE_SHARDS: 'a:1,b:1' }, /^CLICKHOUSE_SHARDS: is of a cluster/],
    [{ CLICKHOUSE_REPLICATED: 'true' }, /^CLICKHOUSE_REPLICATED: is of a cluster/],
    [
      { CLICKHOUSE_CLUSTER: 'many', CLICKHOUSE_SHARDS: 'a:1', CLICKHOUSE_REPLICATED: 'true' },
      /^CLICKHOUSE_SHARDS: with CLICKHOUSE_REPLICATED/,
    ],
  ] as const)('refuses half of a cluster: %j', ([env, fault]) => {
    expect(faultsOf(read, { ...ADDRESSES, ...env })).toEqual([expect.stringMatching(fault)]);
  });

  test('knows a cluster with replicas', () => {
    const env = { ...ADDRESSES, CLICKHOUSE_CLUSTER: 'many', CLICKHOUSE_REPLICATED: 'true' };
    expect(read(env)).toMatchObject({ clickhouse: { cluster: { name: 'many', servers: [], isReplicated: true } } });
  });
});

describe.for(Object.entries(commands))('%s', ([, read]) => {
  test('reads where the databases are as the services do', () => {
    expect(read(STORES)).toEqual(STORES_MEAN);
    expect(faultsOf(read, WRONG)).toEqual(faultsOf(readIndexerConfig, WRONG));
  });

  test('finds those of a running npm start by itself', () => {
    expect(read({})).toMatchObject({
      clickhouse: { address: '127.0.0.1:8123', username: 'default', database: 'atproto' },
      redis: { address: '127.0.0.1:6379', prefix: 'updraft' },
    });
  });
});

test('an interval of nothing is refused: it would be a loop without a rest', () => {
  const intervals = [
    'STATS_CACHE_TTL',
    'CLEANUP_POLL_INTERVAL',
    'CLEANUP_RETRY_WAIT',
    'CLEANUP_LEASE_TTL',
    'LIST_REPOS_INTERVAL',
    'EXPORT_IDLE_TIMEOUT',
  ];
  const env = Object.fromEntries(intervals.map((name) => [name, '0s']));
  expect(faultsOf(readSearchConfig, { ...ADDRESSES, ...env })).toEqual(
    intervals.toSorted().map((name) => expect.stringMatching(`^${name}: expected a duration .* above 0, got "0s"$`)),
  );
});

const root = join(import.meta.dirname, '..');

test.for([
  ['packages/store/src/migrate-command.ts', 'version'],
  ['apps/admin/src/main.ts', 'retention'],
])('%s names every fault of the environment, and ends with 1', async ([main, command]) => {
  const env = { ...PROGRAM_ENV, ...WRONG };
  const run = promisify(execFile)(process.execPath, [join(root, main ?? ''), command ?? ''], { env });
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /CLICKHOUSE_ADDRESS: [^]*CLICKHOUSE_DATABASE: [^]*CLICKHOUSE_CLUSTER: [^]*REDIS_ADDRESS: /,
    ),
  });
});
