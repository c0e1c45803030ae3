import { apiKeyId, hashApiKey, isSameHash } from '@updraft/feeds';
import { every, type Logger } from '@updraft/service';
import { type ClickHouse, readApiKeys, type StoredApiKey, writeApiKeyUses } from '@updraft/store';
import type { Bus } from '../bus.ts';

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

/** Compared with where there is no such key, so that the answer takes as long. */
const NO_HASH = hashApiKey('');
const INTERVAL_MS = 5_000;

export function createKeyRing(options: { clickhouse: ClickHouse; bus: Bus; log: Logger }): KeyRing {
  const { clickhouse, bus, log } = options;
  const onError = (err: unknown) => log.warn({ err }, 'API keys could not be read, or their use not be written');
  let keys: ReadonlyMap<string, StoredApiKey> | undefined;
  let uses = new Map<string, number>();

  async function refresh(): Promise<void> {
    const read = await readApiKeys(clickhouse);
    keys = new Map(read.filter((key) => key.revokedAt === 0).map((key) => [key.keyId, key]));
  }

  async function writeUses(): Promise<void> {
    if (uses.size === 0) return;
    const written = [...uses].map(([keyId, lastUsedAt]) => ({ keyId, lastUsedAt }));
    uses = new Map();
    await writeApiKeyUses(clickhouse, written);
  }

  bus.listen((news) => {
    if (news.kind === 'api-keys' || news.kind === 'erased') refresh().catch(onError);
  });

  return {
    check: (key) => {
      const row = keys?.get(apiKeyId(key));
      const isGood = isSameHash(hashApiKey(key), row?.keyHash ?? NO_HASH);
      if (row === undefined || !isGood) return undefined;
      uses.set(row.keyId, Date.now());
      return row;
    },
    isLoaded: () => keys !== undefined,
    refresh,
    run: async (signal) => {
      await every(INTERVAL_MS, signal, () => refresh().then(writeUses), onError);
      await writeUses().catch(onError);
    },
  };
}
