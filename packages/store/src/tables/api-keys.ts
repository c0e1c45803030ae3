import { insertRows } from '../clickhouse/insert-rows.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { arrayOfStrings, dateTime64Ms, fixedString, string, uint64 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { columnList, defineTable, type Table } from '../row-binary/table.ts';

/** A key of the admin API, without the key itself. */
export interface ApiKeyRow {
  readonly keyId: string;
  /** SHA-256 of the key, in hex. */
  readonly keyHash: string;
  /** Aliases of the feeds that the key may administer. */
  readonly feeds: readonly string[];
  /** Whose key it is. */
  readonly actorDid: string;
  readonly createdAt: number;
  /** Milliseconds since 1970; 0 while the key is valid. */
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
export function readApiKeys(clickhouse: ClickHouse): Promise<StoredApiKey[]> {
  return clickhouse.query(
    `
SELECT ${columnList(apiKeys)}, uses.last_used_at AS last_used_at
FROM (SELECT * FROM api_keys FINAL) AS keys
LEFT JOIN (SELECT key_id, last_used_at FROM api_key_uses FINAL) AS uses USING key_id
ORDER BY created_at, key_id`,
    shape({ ...apiKeys.codecs, lastUsedAt: apiKeyUses.codecs.lastUsedAt }),
  );
}

/** Writes a new key, or the new state of one. */
export function writeApiKey(clickhouse: ClickHouse, key: ApiKeyRow): Promise<void> {
  return insertRows(clickhouse, apiKeys, [key]);
}

export function writeApiKeyUses(clickhouse: ClickHouse, uses: readonly ApiKeyUseRow[]): Promise<void> {
  return insertRows(clickhouse, apiKeyUses, uses);
}
