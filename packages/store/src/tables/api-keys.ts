import { insertRows } from '../clickhouse/insert-rows.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { arrayOfStrings, dateTime64Ms, fixedString, string, uint64 } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** A key of the admin API, as far as it is kept: never the key itself. */
export interface ApiKeyRow {
  readonly keyId: string;
  /** SHA-256 of the key, in hex. */
  readonly keyHash: string;
  /** Aliases of the feeds that it may administer. */
  readonly feeds: readonly string[];
  /** Whose key it is. */
  readonly actorDid: string;
  readonly createdAt: number;
  /** Milliseconds since 1970; 0 while the key is good. */
  readonly revokedAt: number;
  /** Microseconds since 1970 of the last change. */
  readonly version: number;
}

export const apiKeys: Table<ApiKeyRow> = defineTable<ApiKeyRow>('api_keys', {
  keyId: string,
  keyHash: fixedString(64),
  feeds: arrayOfStrings,
  actorDid: string,
  createdAt: dateTime64Ms,
  revokedAt: dateTime64Ms,
  version: uint64,
});

export interface ApiKeyUseRow {
  readonly keyId: string;
  readonly lastUsedAt: number;
}

export const apiKeyUses: Table<ApiKeyUseRow> = defineTable<ApiKeyUseRow>('api_key_uses', {
  keyId: string,
  lastUsedAt: dateTime64Ms,
});

export interface StoredApiKey extends ApiKeyRow {
  /** Milliseconds since 1970; 0 when never. */
  readonly lastUsedAt: number;
}

/** All keys, revoked ones included, oldest first. */
export async function readApiKeys(clickhouse: ClickHouse): Promise<StoredApiKey[]> {
  const rows = await clickhouse.query<RawKey>(`
SELECT key_id, toString(key_hash) AS hash, feeds, actor_did, toFloat64(version) AS version_micros,
    toUnixTimestamp64Milli(created_at) + 0.0 AS created_ms, toUnixTimestamp64Milli(revoked_at) + 0.0 AS revoked_ms,
    toUnixTimestamp64Milli(uses.last_used_at) + 0.0 AS used_ms
FROM (SELECT * FROM api_keys FINAL) AS keys
LEFT JOIN (SELECT key_id, last_used_at FROM api_key_uses FINAL) AS uses USING key_id
ORDER BY created_at, key_id`);
  return rows.map((row) => ({
    keyId: row.key_id,
    keyHash: row.hash,
    feeds: row.feeds,
    actorDid: row.actor_did,
    createdAt: row.created_ms,
    revokedAt: row.revoked_ms,
    version: row.version_micros,
    lastUsedAt: row.used_ms,
  }));
}

interface RawKey {
  key_id: string;
  hash: string;
  feeds: string[];
  actor_did: string;
  version_micros: number;
  created_ms: number;
  revoked_ms: number;
  used_ms: number;
}

/** Writes a new key, or the new state of one. */
export function writeApiKey(clickhouse: ClickHouse, key: ApiKeyRow): Promise<void> {
  return insertRows(clickhouse, apiKeys, [key]);
}

export function writeApiKeyUses(clickhouse: ClickHouse, uses: readonly ApiKeyUseRow[]): Promise<void> {
  return insertRows(clickhouse, apiKeyUses, uses);
}
