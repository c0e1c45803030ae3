import { ConfigError } from '@updraft/service';
import { describe, expect, test } from 'vitest';
import { readFeedgenConfig } from './config.ts';

const NEEDED = { CLICKHOUSE_ADDRESS: '127.0.0.1:8123', REDIS_ADDRESS: '127.0.0.1:6379' };

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readFeedgenConfig({ ...NEEDED, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the settings of the feed generator', () => {
  test('need the databases alone for a start on this machine', () => {
    const { listen, metricsListen, service, plcHost, feedsFile } = readFeedgenConfig(NEEDED);
    expect({ listen, metricsListen, plcHost }).toEqual({
      listen: '127.0.0.1:8094',
      metricsListen: '127.0.0.1:8095',
      plcHost: 'https://plc.directory',
    });
    const did = 'did:web:localhost%3A8094';
    expect(service).toEqual({ endpoint: 'http://127.0.0.1:8094', did, actorDid: did });
    expect(feedsFile).toMatch(/config\/feeds\.yaml$/);
  });

  test('refuse to serve others by what an unencrypted PLC directory says', () => {
    const plc = { PLC_HOST: 'http://127.0.0.1:2582' };
    expect(readFeedgenConfig({ ...NEEDED, ...plc }).plcHost).toBe('http://127.0.0.1:2582');
    expect(faultsOf({ ...plc, LISTEN_ADDRESS: '0.0.0.0:8094' })).toEqual([
      expect.stringMatching(/^LISTEN_ADDRESS: with an http: PLC_HOST the service listens on 127.0.0.1 only/),
    ]);
    expect(faultsOf({ LISTEN_ADDRESS: '0.0.0.0:8094' })).toEqual([]);
  });

  test('that are wrong are named together', () => {
    const env = {
      LISTEN_ADDRESS: 'x',
      PLC_HOST: 'plc.directory',
      FEED_ACTOR_DID: 'feeds.example',
      ALLOW_PRIVATE_ADDRESSES: 'perhaps',
    };
    expect(faultsOf(env).map((fault) => fault.split(':', 1)[0])).toEqual(expect.arrayContaining(Object.keys(env)));
  });
});
