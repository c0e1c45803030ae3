import type { ClickHouse } from '../clickhouse/types.ts';
import { type ApiKeyRow, type ApiKeyUseRow, apiKeys, apiKeyUses } from '../tables/api-keys.ts';
import { insertRows } from './insert-rows.ts';

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
