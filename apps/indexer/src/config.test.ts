import { sinceMicros } from '@updraft/ingest';
import { ConfigError } from '@updraft/service';
import { describe, expect, test } from 'vitest';
import { readIndexerConfig, readReplayConfig } from './config.ts';

const NEEDED = { CLICKHOUSE_ADDRESS: '127.0.0.1:8123', REDIS_ADDRESS: '127.0.0.1:6379' };

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readIndexerConfig({ ...NEEDED, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe('the indexer’s environment', () => {
  test('needs the addresses of ClickHouse and Redis, all else has a default', () => {
    expect(faultsOf({ CLICKHOUSE_ADDRESS: '', REDIS_ADDRESS: '' })).toEqual([
      expect.stringContaining('CLICKHOUSE_ADDRESS is not set'),
      expect.stringContaining('REDIS_ADDRESS is not set'),
    ]);
    expect(readIndexerConfig(NEEDED)).toMatchObject({
      redis: { prefix: 'updraft' },
      metricsListen: '127.0.0.1:8091',
      since: undefined,
      limits: { maxEvents: 50_000, flushIntervalMs: 1_000 },
      idleTimeoutMs: 60_000,
    });
    expect(readIndexerConfig(NEEDED).hosts).toHaveLength(6);
  });

  test('reads the public host that is known to have been blind last', () => {
    expect(readIndexerConfig(NEEDED).hosts.at(-1)).toContain('jetstream2.us-east');
  });

  test.each([
    'wss://a/subscribe#here',
    'wss://a/other',
    'wss://a?wantedDids=did:plc:a',
    'wss://a/subscribe?kinds=commit',
  ])('does not take %s, which no host could be asked for', (address) => {
    expect(faultsOf({ WS_URL: address })).toEqual([expect.stringContaining('WS_URL')]);
  });

  test('reads several hosts: those without a path by v2, those with /subscribe by v1', () => {
    const { hosts } = readIndexerConfig({
      ...NEEDED,
      WS_URL: 'ws://a:6008/, wss://b/subscribe,ws://c/sub/subscribe?wantedCollections=a.b.c',
    });
    expect(hosts).toEqual(['ws://a:6008', 'wss://b/subscribe', 'ws://c/sub/subscribe?wantedCollections=a.b.c']);
  });

  test('follows Bluesky’s labeler, others that are named, or none', () => {
    const labelersOf = (LABELERS: string) => readIndexerConfig({ ...NEEDED, LABELERS }).labelers;
    expect(labelersOf('')).toEqual(['did:plc:ar7c4by46qjdydhdevvrndac']);
    expect(labelersOf('did:plc:a, did:web:labels.example,did:plc:a')).toEqual(['did:plc:a', 'did:web:labels.example']);
    expect(labelersOf('none')).toEqual([]);
    for (const wrong of ['labels.example', 'did:plc:a,', 'did:plc:a none'])
      expect(faultsOf({ LABELERS: wrong })).toEqual([expect.stringContaining('LABELERS')]);
  });

  test('tells all its faults together, by name', () => {
    const faults = faultsOf({
      WS_URL: 'https://a',
      SINCE: 'yesterday',
      BATCH_MAX_ROWS: '0',
      FLUSH_INTERVAL: '5',
      LOG_LEVEL: 'loud',
    });
    expect(new Set(faults.map((fault) => fault.split(':')[0]))).toEqual(
      new Set(['BATCH_MAX_ROWS', 'FLUSH_INTERVAL', 'LOG_LEVEL', 'SINCE', 'WS_URL']),
    );
  });

  test.each([
    ['2h', 1_783_168_688_000_000],
    ['2026-07-04T14:00:00Z', 1_783_173_600_000_000],
    ['2026-07-04T16:00:00+02:00', 1_783_173_600_000_000],
  ])('SINCE may be %s', (text, expected) => {
    const { since } = readIndexerConfig({ ...NEEDED, SINCE: text });
    expect(since && sinceMicros(since, 1_783_175_888_000)).toBe(expected);
  });
});

test('a replay by hand finds the local databases by itself', () => {
  expect(readReplayConfig({})).toMatchObject({
    clickhouse: { address: '127.0.0.1:8123', database: 'atproto' },
    redis: { address: '127.0.0.1:6379' },
  });
});
