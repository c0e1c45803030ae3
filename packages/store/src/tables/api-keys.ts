import { insertRows } from '../clickhouse/insert-rows.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { arrayOfStrings, dateTime64Ms, fixedString, string, uint64 } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { columnList, defineTable } from '../row-binary/table.ts';

/** A key of the admin API, without the key itself. */
export const apiKeys = defineTable('api_keys', {
  keyId: string,
  /** SHA-256 of the key, in hex. */
  keyHash: fixedString(64),
  /** Aliases of the feeds that the key may administer. */
  feeds: arrayOfStrings,
  /** Whose key it is. */
  actorDid: string,
  createdAt: dateTime64Ms,
  /** Milliseconds since 1970; 0 while the key is valid. */
  revokedAt: dateTime64Ms,
  /** Microseconds since 1970 of the last change. */
  version: uint64,
});
export type ApiKeyRow = RowOf<typeof apiKeys>;

export const apiKeyUses = defineTable('api_key_uses', {
  keyId: string,
  lastUsedAt: dateTime64Ms,
});
export type ApiKeyUseRow = RowOf<typeof apiKeyUses>;

const STORED_KEY = shape({
  ...apiKeys.codecs,
  /** Milliseconds since 1970; 0 when never. */
  lastUsedAt: apiKeyUses.codecs.lastUsedAt,
});
export type StoredApiKey = RowOf<typeof STORED_KEY>;

/** All keys, revoked ones included, oldest first. */
export function readApiKeys(clickhouse: ClickHouse): Promise<StoredApiKey[]> {
  return clickhouse.query(
    `
SELECT ${columnList(apiKeys)}, uses.last_used_at AS last_used_at
FROM (SELECT * FROM api_keys FINAL) AS keys
LEFT JOIN (SELECT key_id, last_used_at FROM api_key_uses FINAL) AS uses USING key_id
ORDER BY created_at, key_id`,
    STORED_KEY,
  );
}

/** Writes a new key, or the new state of one. */
export function writeApiKey(clickhouse: ClickHouse, key: ApiKeyRow): Promise<void> {
  return insertRows(clickhouse, apiKeys, [key]);
}

export function writeApiKeyUses(clickhouse: ClickHouse, uses: readonly ApiKeyUseRow[]): Promise<void> {
  return insertRows(clickhouse, apiKeyUses, uses);
}
