import { every } from '@updraft/service';
import { type ApiKeyUseRow, type ClickHouse, readApiKeys, type StoredApiKey, writeApiKeyUses } from '@updraft/store';
import type { Bus } from '../bus.ts';
import { apiKeyId, hashApiKey, isSameHash } from './api-key.ts';

/** The API keys, in memory: read every few seconds, and at once when one is made or revoked. */
export interface KeyRing {
  /** The row of a good key; undefined for one that is wrong or revoked. Its use is recorded. */
  check(key: string): StoredApiKey | undefined;
  /** Whether the keys were ever read. */
  isLoaded(): boolean;
  refresh(): Promise<void>;
  /** Reads keys and writes uses until the signal aborts; the last uses are written then. */
  run(signal: AbortSignal): Promise<void>;
}

export interface KeyRingOptions {
  readKeys: () => Promise<readonly StoredApiKey[]>;
  writeUses: (uses: readonly ApiKeyUseRow[]) => Promise<void>;
  bus: Bus;
  onError: (error: unknown) => void;
  now?: () => number;
  intervalMs?: number;
}

/** Compared with where there is no such key, so that the answer takes as long. */
const NO_HASH = hashApiKey('');

export function createKeyRing(options: KeyRingOptions): KeyRing {
  const { readKeys, writeUses, bus, onError, now = Date.now, intervalMs = 5_000 } = options;
  let keys: ReadonlyMap<string, StoredApiKey> | undefined;
  let uses = new Map<string, number>();

  async function refresh(): Promise<void> {
    const read = await readKeys();
    keys = new Map(read.filter((key) => key.revokedAt === 0).map((key) => [key.keyId, key]));
  }

  async function flushUses(): Promise<void> {
    if (uses.size === 0) return;
    const flushed = uses;
    uses = new Map();
    await writeUses([...flushed].map(([keyId, lastUsedAt]) => ({ keyId, lastUsedAt })));
  }

  bus.listen((news) => {
    if (news.kind === 'api-keys' || news.kind === 'erased') refresh().catch(onError);
  });

  return {
    check: (key) => {
      const row = keys?.get(apiKeyId(key));
      const isGood = isSameHash(hashApiKey(key), row?.keyHash ?? NO_HASH);
      if (row === undefined || !isGood) return undefined;
      uses.set(row.keyId, now());
      return row;
    },
    isLoaded: () => keys !== undefined,
    refresh,
    run: async (signal) => {
      const look = async () => {
        await refresh();
        await flushUses();
      };
      await every(intervalMs, signal, look, onError);
      await flushUses().catch(onError);
    },
  };
}

/** The API keys of the store. */
export function createFeedgenKeyRing(options: {
  clickhouse: ClickHouse;
  bus: Bus;
  onError: (error: unknown) => void;
}): KeyRing {
  const { clickhouse, bus, onError } = options;
  return createKeyRing({
    readKeys: () => readApiKeys(clickhouse),
    writeUses: (uses) => writeApiKeyUses(clickhouse, uses),
    bus,
    onError,
  });
}
