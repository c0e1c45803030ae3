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
