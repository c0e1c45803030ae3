export { checkStores } from './check-stores.ts';
export { createClickHouse, rowsDatabaseOf } from './clickhouse/client.ts';
export { PINNED_SETTINGS, PRIORITIES, SEARCH_BUDGET } from './clickhouse/settings.ts';
export type * from './clickhouse/types.ts';
export { withCallOptions } from './clickhouse/with-call-options.ts';
export { checkTables } from './cluster/check.ts';
export { type CopiedTable, copyDatabase } from './cluster/copy-database.ts';
export {
  clickHouseOptions,
  commandEnvironment,
  type RedisAddress,
  readCommandStores,
  redisAddress,
  storeEnvironment,
} from './config.ts';
export { type CursorStore, type CursorStoreOptions, createCursorStore } from './cursor-store.ts';
export * from './errors.ts';
export * from './feeds/index.ts';
export { hashText } from './hash.ts';
export { readSource, type SourcePart, sourceColumns, sourceParts } from './import/source.ts';
export { type ColumnMatch, matchColumns, type WantedField } from './import/source-columns.ts';
export { createLeases, type Lease, LeaseLostError, type LeaseOwner, type Leases } from './lease.ts';
export type { StoreLog } from './log.ts';
export { dumpSchema } from './migrations/dump-schema.ts';
export { ensureDatabase, forceVersion, migrateDown, migrateUp, migrationVersion } from './migrations/migrate.ts';
export { createMigration, MIGRATIONS_DIRECTORY } from './migrations/migration-files.ts';
export { requireMoved } from './migrations/require-moved.ts';
export type { AppliedMigration, MigrateOptions, Migration } from './migrations/types.ts';
export { type AccountRowCount, countAccountRows, removeAccountRows } from './privacy/erase-accounts.ts';
export {
  createErasedAccounts,
  ERASED_INTERVAL_MS,
  type ErasedAccounts,
  erasedHash,
  listErasedAccounts,
} from './privacy/erased-accounts.ts';
export { formatProgress, type Progress, parseProgress } from './progress.ts';
export { checkRedis, createRedis, type Redis, type RedisOptions, redisError } from './redis.ts';
export { replayStreamName } from './replay-stream.ts';
export {
  oldestWholeDay,
  RETAINED_TABLES,
  type RetainedTable,
  type Retention,
  readRetention,
  setRetention,
} from './retention/retention.ts';
export { type Block, createBlock, type WritableBlock } from './row-binary/block.ts';
export * as codecs from './row-binary/codecs.ts';
export { defineTable, type Table } from './row-binary/table.ts';
export * from './search/index.ts';
export { storeAnswer } from './store-answer.ts';
export { type ActorHandleRow, actorHandles } from './tables/actor-handles.ts';
export { type ActorLabelRow, actorLabels } from './tables/actor-labels.ts';
export { type ActorStatusRow, actorStatus } from './tables/actor-status.ts';
export { type Actor, getActor } from './tables/actors.ts';
export { type ApiKeyRow, type ApiKeyUseRow, apiKeys, apiKeyUses } from './tables/api-keys.ts';
export { type FeedInteractionRow, feedInteractions } from './tables/feed-interactions.ts';
export { type FeedRequestRow, feedRequestAnalytics } from './tables/feed-request-analytics.ts';
export { createHiddenActors, type HiddenActors, hiddenBelow } from './tables/hidden-actors.ts';
export { type IngestGapRow, ingestGaps, listGaps } from './tables/ingest-gaps.ts';
export { type PostRow, postRows } from './tables/post-rows.ts';
export { type ProfileRow, profiles } from './tables/profiles.ts';
export { type RecordRow, recordRows } from './tables/record-rows.ts';
export {
  countRejectedByReason,
  listRejected,
  type RejectedEventRow,
  rejectedEvents,
} from './tables/rejected-events.ts';
export { type RepoCleanupJobRow } from './tables/repo-cleanup-jobs.ts';
export { countOperations, countRecordsByCollection } from './tables/repo-records.ts';
export { countActorsOfSubject } from './tables/subject-row.ts';
export { type BackupFault, backupFault } from './upkeep/backup-fault.ts';
export { backupFolder } from './upkeep/backup-folder.ts';
export { backupStatements, restoreStatements } from './upkeep/backup-statements.ts';
export {
  type Backoff,
  type BatchWriter,
  type BatchWriterHooks,
  type BatchWriterOptions,
  createBatchWriter,
  type WriteReport,
} from './writer/batch-writer.ts';
export { MAX_EVENT_BYTES, truncateUtf8 } from './writer/rejected-row.ts';
