export { checkStores } from './check-stores.ts';
export { createClickHouse } from './clickhouse/client.ts';
export { insertRows } from './clickhouse/insert-rows.ts';
export { rowsDatabaseOf } from './clickhouse/servers.ts';
export { PINNED_SETTINGS, PRIORITIES, SEARCH_BUDGET } from './clickhouse/settings.ts';
export type * from './clickhouse/types.ts';
export { withCallOptions } from './clickhouse/with-call-options.ts';
export { checkTables } from './cluster/check.ts';
export { copyDatabase } from './cluster/copy-database.ts';
export {
  clickHouseOptions,
  commandEnvironment,
  type RedisAddress,
  readCommandStores,
  redisAddress,
  storeEnvironment,
} from './config.ts';
export * from './errors.ts';
export { hashText } from './hash.ts';
export { readSource, sourceColumns, sourceParts } from './import/source.ts';
export { type ColumnMatch, matchColumns, type WantedField } from './import/source-columns.ts';
export type { StoreLog } from './log.ts';
export { dumpSchema } from './migrations/dump-schema.ts';
export { ensureDatabase, forceVersion, migrateDown, migrateUp, migrationVersion } from './migrations/migrate.ts';
export { createMigration, MIGRATIONS_DIRECTORY } from './migrations/migration-files.ts';
export { requireMoved } from './migrations/require-moved.ts';
export type { MigrateOptions, Migration } from './migrations/types.ts';
export { type AccountRowCount, countAccountRows, removeAccountRows } from './privacy/erase-accounts.ts';
export { type AccountRecord, accountRecords, changedRecords, goneBelow } from './queries/account-records.ts';
export type { KeepPosts } from './queries/fragments.ts';
export { type GapState, readGaps, readOpenGaps } from './queries/gaps.ts';
export { type Member, type MembersPage, type MembersQuery, readMembersPage } from './queries/members-page.ts';
export { filledAccountName, type NewMember, readNewMembers } from './queries/new-members.ts';
export { ownPostLikes } from './queries/own-post-likes.ts';
export type { FoundPost, PostPlace } from './queries/post-search/found-post.ts';
export { countRecentLikes, isGenerationKept, likeGenerations } from './queries/post-search/like-counts.ts';
export { mostLikedPosts } from './queries/post-search/most-liked-posts.ts';
export { newestPosts } from './queries/post-search/newest-posts.ts';
export type { PostFilter as SearchFilter } from './queries/post-search/post-filter.ts';
export { labelledPosts } from './queries/ranking/labelled-posts.ts';
export { rankPosts } from './queries/ranking/rank-posts.ts';
export type { RankedPost, RankingQuery } from './queries/ranking/ranking.ts';
export { type CollectionStats, countOpsOfDay, readCollectionStats } from './queries/statistics/collection-stats.ts';
export { countDay, type DailyStats, readDailyStats } from './queries/statistics/daily-stats.ts';
export { readFeedStats } from './queries/statistics/feed-stats.ts';
export { readIngestStats } from './queries/statistics/ingest-stats.ts';
export { daysToCount, storeNowMs, touchDaysOfChangedActors } from './queries/statistics/touched-days.ts';
export { countUsers } from './queries/statistics/users.ts';
export { type PostKey, postHours, storedPosts } from './queries/stored-posts.ts';
export { checkRedis, createRedis, type Redis } from './redis/client.ts';
export { type CursorStore, createCursorStore } from './redis/cursor-store.ts';
export { createLeases, type Lease, LeaseLostError, type LeaseOwner, type Leases } from './redis/lease.ts';
export { formatProgress, type Progress, parseProgress } from './redis/progress.ts';
export { oldestWholeDay, RETAINED_TABLES, readRetention, setRetention } from './retention/retention.ts';
export { type Block, createBlock, type WritableBlock } from './row-binary/block.ts';
export * as codecs from './row-binary/codecs.ts';
export { type Shape, shape } from './row-binary/shape.ts';
export { defineTable, type Table } from './row-binary/table.ts';
export { storeAnswer } from './store-answer.ts';
export { type ActorHandleRow, actorHandles, didOfHandle, handlesOf } from './tables/actor-handles.ts';
export {
  type ActorLabelRow,
  actorLabels,
  changeMembership,
  type MembershipChange,
  readMembers,
} from './tables/actor-labels.ts';
export { type ActorStatusRow, actorStatus } from './tables/actor-status.ts';
export {
  type ApiKeyRow,
  type ApiKeyUseRow,
  apiKeys,
  readApiKeys,
  type StoredApiKey,
  writeApiKey,
  writeApiKeyUses,
} from './tables/api-keys.ts';
export {
  createErasedAccounts,
  ERASED_INTERVAL_MS,
  type ErasedAccounts,
  erasedHash,
  listErasedAccounts,
} from './tables/erased-accounts.ts';
export { type FeedInteractionRow, feedInteractions } from './tables/feed-interactions.ts';
export { type FeedRequestRow, feedRequestAnalytics } from './tables/feed-request-analytics.ts';
export { type HealedGapRow, healedGaps } from './tables/healed-gaps.ts';
export { createHiddenActors, type HiddenActors, hiddenBelow } from './tables/hidden-actors.ts';
export { type IngestGapRow, ingestGaps } from './tables/ingest-gaps.ts';
export { replayStreamName } from './tables/ingest-progress.ts';
export { createProgressStore, type ProgressStore } from './tables/job-progress.ts';
export { type ListedAccount, writeListedAccounts } from './tables/listed-accounts.ts';
export { type PostRecordRow, type PostRow, postRecords, postRows, visiblePosts } from './tables/post-rows.ts';
export { type ProfileRow, profiles } from './tables/profiles.ts';
export { type RecordRow, recordRows } from './tables/record-rows.ts';
export { type RejectedEventRow, rejectedEvents } from './tables/rejected-events.ts';
export {
  type CleanupJobStore,
  createCleanupJobStore,
  type RepoCleanupJobRow,
  type StoredCleanupJob,
} from './tables/repo-cleanup-jobs.ts';
export { type RepoSyncRow, repoSyncs } from './tables/repo-syncs.ts';
export { type BackupFault, backupFault } from './upkeep/backup-fault.ts';
export { backupFolder } from './upkeep/backup-folder.ts';
export { backupStatements, restoreStatements } from './upkeep/backup-statements.ts';
export { type BatchWriter, type BatchWriterHooks, createBatchWriter } from './writer/batch-writer.ts';
export { MAX_EVENT_BYTES, truncateUtf8 } from './writer/rejected-row.ts';
