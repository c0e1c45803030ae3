import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, readConfig } from './config.ts';
import { address, durationMs, listenAddress } from './config-types.ts';
import { SetupError } from './setup-error.ts';

const schema = z.object({
  REDIS_ADDRESS: address('127.0.0.1:6379'),
  CLICKHOUSE_ADDRESS: address(),
  CLICKHOUSE_PASSWORD: z.string().max(8).default(''),
  METRICS_LISTEN_ADDRESS: listenAddress(':8091'),
  STATS_CACHE_TTL: durationMs('5m'),
  MAX_ROWS: z.coerce.number().int().positive().default(50_000),
  FEED_ACTOR_DID: z.string().describe('a DID').optional(),
});

const faultsOf = (env: Record<string, string | undefined>): readonly string[] => {
  try {
    readConfig(schema, env);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.faults : [`threw ${String(error)}`];
  }
};

describe('readConfig', () => {
  test('fills in defaults and leaves other variables alone', () => {
    expect(readConfig(schema, { CLICKHOUSE_ADDRESS: 'ch:8123', HOME: '/root' })).toEqual({
      REDIS_ADDRESS: '127.0.0.1:6379',
      CLICKHOUSE_ADDRESS: 'ch:8123',
      CLICKHOUSE_PASSWORD: '',
      METRICS_LISTEN_ADDRESS: '127.0.0.1:8091',
      STATS_CACHE_TTL: 300_000,
      MAX_ROWS: 50_000,
    });
  });

  test('takes an empty variable for an unset one', () => {
    const config = readConfig(schema, {
      CLICKHOUSE_ADDRESS: 'ch:8123',
      REDIS_ADDRESS: '',
      MAX_ROWS: '',
      FEED_ACTOR_DID: '',
    });
    expect(config).toMatchObject({ REDIS_ADDRESS: '127.0.0.1:6379', MAX_ROWS: 50_000 });
    expect(config.FEED_ACTOR_DID).toBeUndefined();
    expect(faultsOf({ CLICKHOUSE_ADDRESS: '' })).toEqual([
      "CLICKHOUSE_ADDRESS is not set, expected 'host:port' or a URL",
    ]);
  });

  test('names every fault together, each with what was expected and what was found', () => {
    const faults = faultsOf({
      REDIS_ADDRESS: 'redis',
      METRICS_LISTEN_ADDRESS: '8091',
      STATS_CACHE_TTL: 'soon',
      MAX_ROWS: 'many',
    });
    expect(faults).toEqual([
      `REDIS_ADDRESS: expected 'host:port' or a URL, got "redis"`,
      "CLICKHOUSE_ADDRESS is not set, expected 'host:port' or a URL",
      `METRICS_LISTEN_ADDRESS: expected 'host:port', or ':port' for this machine only, got "8091"`,
      `STATS_CACHE_TTL: expected a duration such as '250ms', '30s', '5m' or '1h', got "soon"`,
      expect.stringMatching(/^MAX_ROWS: .*number.*, got "many"$/),
    ]);
  });

  test('never repeats the value of a secret', () => {
    const [fault] = faultsOf({ CLICKHOUSE_ADDRESS: 'ch:8123', CLICKHOUSE_PASSWORD: 'correct horse battery staple' });
    expect(fault).toMatch(/^CLICKHOUSE_PASSWORD: /);
    expect(fault).not.toContain('horse');
    expect(faultsOf({ CLICKHOUSE_ADDRESS: 'http://me:horse@' })).toEqual([
      `CLICKHOUSE_ADDRESS: expected 'host:port' or a URL, got "http://[redacted]@"`,
    ]);
  });

  test('says what a rule about several variables says', () => {
    const both = schema.refine((config) => config.FEED_ACTOR_DID !== undefined || config.MAX_ROWS < 10, {
      path: ['FEED_ACTOR_DID'],
      error: 'is needed for 10 rows or more',
    });
    expect(() => readConfig(both, { CLICKHOUSE_ADDRESS: 'ch:8123' })).toThrow(
      'FEED_ACTOR_DID: is needed for 10 rows or more',
    );
  });

  test('fails with a SetupError whose message lists the faults', () => {
    expect(() => readConfig(schema, { REDIS_ADDRESS: 'x' })).toThrow(SetupError);
    expect(() => readConfig(schema, { REDIS_ADDRESS: 'x' })).toThrow(
      /2 faults:\n {2}REDIS_ADDRESS.*\n {2}CLICKHOUSE_ADDRESS/,
    );
  });
});

describe('an address', () => {
  test.for([
    'redis:6379',
    '127.0.0.1:1',
    '[::1]:6379',
    'http://ch:8123',
    'https://ch.example.com/path',
    'rediss://a:b@c:1',
  ])('is %s', (text) => {
    expect(address().parse(text)).toBe(text);
  });

  test.for([
    '',
    'redis',
    ':6379',
    'redis:',
    'redis:port',
    'redis:65536',
    'a b:1',
    '::1:6379',
    'http://',
    '://x',
    '[zz]:1',
  ])('is not %j', (text) => {
    expect(address().safeParse(text).success).toBe(false);
  });
});

describe('a listen address', () => {
  test.for([
    [':8091', '127.0.0.1:8091'],
    ['0.0.0.0:8091', '0.0.0.0:8091'],
    ['localhost:0', 'localhost:0'],
    ['[::]:8091', '[::]:8091'],
  ] as const)('%s means %s', ([text, meaning]) => {
    expect(listenAddress().parse(text)).toBe(meaning);
    expect(listenAddress(text).parse(undefined)).toBe(meaning);
  });

  test.for(['', '8091', ':', ':99999', 'http://a:1'])('is not %j', (text) => {
    expect(listenAddress().safeParse(text).success).toBe(false);
  });
});

describe('a duration', () => {
  test.for([
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    ['0s', 0],
  ] as const)('of %s has %i ms', ([text, ms]) => {
    expect(durationMs().parse(text)).toBe(ms);
  });

  test.for(['', '5', 'm', '-5m', '5 m', '5M', '1e3s', 'Infinity', '1h30m'])('is not %j', (text) => {
    expect(durationMs().safeParse(text).success).toBe(false);
  });
});
