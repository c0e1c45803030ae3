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
export { hashText, itemKey } from './hash.ts';
export { readSource, sourceColumns, sourceParts } from './import/source.ts';
export { type ColumnMatch, matchColumns, type WantedField } from './import/source-columns.ts';
export type { StoreLog } from './log.ts';
export { dumpSchema } from './migrations/dump-schema.ts';
export { ensureDatabase, forceVersion, migrateDown, migrateUp, migrationVersion } from './migrations/migrate.ts';
export { createMigration, MIGRATIONS_DIRECTORY } from './migrations/migration-files.ts';
export { requireMoved } from './migrations/require-moved.ts';
export type { MigrateOptions, Migration } from './migrations/types.ts';
export { type AccountRowCount, countAccountRows, removeAccountRows } from './privacy/erase-accounts.ts';
export { type AccountNames, readNames } from './queries/account-names.ts';
export { type AccountRecord, accountRecords, changedRecords, goneBelow } from './queries/account-records.ts';
export { type AuditEntry, type AuditQuery, readAuditLog } from './queries/audit-log.ts';
export type { Authors } from './queries/authors.ts';
export { type CardPost, displayNamesOf, readCardPosts } from './queries/card-posts.ts';
export { type ExplainedPost, type ExplainOptions, explainPost } from './queries/explain-post.ts';
export { type FeedItem, readFeedItems } from './queries/feed-items.ts';
export { accountsApart } from './queries/for-you/accounts-apart.ts';
export { likesOfHour, postsOfHour, WORDS_OF_LIKE } from './queries/for-you/hour-of-likes.ts';
export { type NewLike, newestLikes } from './queries/for-you/newest-likes.ts';
export type { KeepPosts, PostRules } from './queries/fragments.ts';
export { countGaps, type GapState, readGaps, readOpenGaps } from './queries/gaps.ts';
export { type NamedAccount, readHandlesBeginning } from './queries/handles-beginning.ts';
export {
  LINK_KIND_NAMES,
  LINK_KINDS,
  type LinkKind,
  type LinkKindName,
  type LinkTarget,
} from './queries/links/link-kinds.ts';
export type { LinkPlace } from './queries/links/link-tables.ts';
export { countLinks, type LinkCount, type LinksQuery, newestLinks } from './queries/links/links.ts';
export { listOf } from './queries/list-of.ts';
export {
  type Brought,
  countBrought,
  countWaiting,
  type NamedRequest,
  type RequestsQuery,
  readAskers,
  readBrought,
  readMemberRequests,
  readUnfinishedChanges,
} from './queries/member-requests.ts';
export type { Candidate, CandidateQuery, SourceQuery } from './queries/member-sources/member-source.ts';
export { readCandidates, stillThere } from './queries/member-sources/source-accounts.ts';
export { type Member, type MembersPage, type MembersQuery, readMembersPage } from './queries/members-page.ts';
export { askForAccount, filledAccountName, type NewMember, readNewMembers } from './queries/new-members.ts';
export {
  type CleanupState,
  type FilledAccounts,
  type JobState,
  readCleanupStates,
  readFilledAccounts,
  readJobStates,
  readNamedJobs,
} from './queries/operations/jobs.ts';
export {
  type RejectedEvent,
  type RejectedPlace,
  type RejectedReason,
  readNewestRejected,
  readRejectedEvents,
  readRejectedReasons,
} from './queries/operations/rejected.ts';
export { readServerState } from './queries/operations/server-state.ts';
export { readStoredSizes, type StoredSizes } from './queries/operations/storage.ts';
export { readStreamStates, type StreamState } from './queries/operations/streams.ts';
export { ownPostLikes } from './queries/own-post-likes.ts';
export type { FollowedEvent } from './queries/personal/followed-events.ts';
export { type FollowedPostsQuery, followedPostQuery, followedPosts } from './queries/personal/followed-posts.ts';
export { postLanguages } from './queries/post-languages.ts';
export { filterParams, filterRules, IN_WINDOW, type PostQuery } from './queries/post-rules.ts';
export type { FoundPost, PostPlace } from './queries/post-search/found-post.ts';
export { countRecentLikes, isGenerationKept, likeGenerations } from './queries/post-search/like-counts.ts';
export { mostLikedPosts } from './queries/post-search/most-liked-posts.ts';
export { newestPosts } from './queries/post-search/newest-posts.ts';
export type { PostFilter as SearchFilter } from './queries/post-search/post-filter.ts';
export { queryFilter } from './queries/post-search/query-filter.ts';
export { type PostSearch, searchRules } from './queries/post-search/search-rules.ts';
export { type PostStanding, readStandingLabels, readStandings, type StandingLabel } from './queries/post-standing.ts';
export { type ChosenPostsQuery, chosenPostQuery, chosenPosts } from './queries/ranking/chosen-posts.ts';
export { type MatchingPostsQuery, matchingPostQuery, matchingPosts } from './queries/ranking/matching-posts.ts';
export { type AuthorsPostsQuery, authorsPostQuery, postsOfAuthors } from './queries/ranking/posts-of-authors.ts';
export { rankedPostQuery, rankPosts } from './queries/ranking/rank-posts.ts';
export type { RankedPost, RankingQuery, ScoreParts } from './queries/ranking/ranking.ts';
export { createLabelChanges } from './queries/standing/changed-labels.ts';
export {
  type GivenLabel,
  inForce,
  labelsInForce,
  type StoredLabel,
  storedLabels,
} from './queries/standing/labels-in-force.ts';
export { subjectsOf } from './queries/standing/subjects.ts';
export { type CollectionStats, countOpsOfDay, readCollectionStats } from './queries/statistics/collection-stats.ts';
export { countDay, type DailyStats, readDailyStats } from './queries/statistics/daily-stats.ts';
export {
  countErasedAccounts,
  FEED_EVENTS,
  type FeedEvent,
  type FeedPagesRow,
  POSITION_ENDS,
  readFeedDays,
  readFeedDeeds,
  readFeedPages,
  readUnjoined,
} from './queries/statistics/feed-stats.ts';
export { readIngestStats } from './queries/statistics/ingest-stats.ts';
export { daysToCount, storeNowMs, touchDaysOfChangedActors } from './queries/statistics/touched-days.ts';
export { countUsers } from './queries/statistics/users.ts';
export { type PostKey, postHours, storedPosts } from './queries/stored-posts.ts';
export {
  busiestLanguages,
  type CandidateBounds,
  type CountedTerm,
  countCandidates,
  countUsual,
  daysWithPosts,
  samplePosts,
  type TrendPosts,
  type TrendTerm,
} from './queries/trends/count-terms.ts';
export { readLeftOut } from './queries/trends/left-out.ts';
export { type PostSubjects, readPostSubjects, readWishes, type ViewerWish } from './queries/viewer-wishes.ts';
export {
  type AnnouncedBuild,
  type Announcement,
  type AnnouncerOptions,
  announce,
  announcing,
  readAnnouncements,
  type Telling,
} from './redis/announcements.ts';
export { checkRedis, createRedis, type Redis } from './redis/client.ts';
export { type CursorStore, createCursorStore } from './redis/cursor-store.ts';
export { createLeases, type Lease, LeaseLostError, type LeaseOwner, type Leases } from './redis/lease.ts';
export { formatProgress, type Progress, parseProgress } from './redis/progress.ts';
export { type RedisState, readRedisState } from './redis/server-state.ts';
export { oldestWholeDay, RETAINED_TABLES, readRetention, setRetention } from './retention/retention.ts';
export { type Block, createBlock, type WritableBlock } from './row-binary/block.ts';
export * as codecs from './row-binary/codecs.ts';
export { type Shape, shape } from './row-binary/shape.ts';
export { defineTable, type Table } from './row-binary/table.ts';
export { storeAnswer } from './store-answer.ts';
export { type ActorHandleRow, actorHandles, didOfHandle, handlesOf } from './tables/actor-handles.ts';
export { type ActorLabelRow, actorLabels, readMembers } from './tables/actor-labels.ts';
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
export { changeHide, type FeedHide, type HideChange, readHides } from './tables/feed-hides.ts';
export { type FeedInteractionRow, feedInteractions } from './tables/feed-interactions.ts';
export { type FeedRequestRow, feedRequestAnalytics } from './tables/feed-request-analytics.ts';
export {
  changeFeedSettings,
  type FeedSettingsRow,
  readFeedSettings,
  type SettingsChange,
} from './tables/feed-settings.ts';
export { type HealedGapRow, healedGaps } from './tables/healed-gaps.ts';
export { createHiddenActors, type HiddenActors, hiddenBelow } from './tables/hidden-actors.ts';
export { type IngestGapRow, ingestGaps } from './tables/ingest-gaps.ts';
export { replayStreamName } from './tables/ingest-progress.ts';
export { createProgressStore, type ProgressStore, progressNames } from './tables/job-progress.ts';
export {
  type LabelRow,
  labels,
  labelVersion,
  lastNumbering,
  MAX_NUMBERING,
  takeBackEarlierLabels,
} from './tables/labels.ts';
export { type ListedAccount, writeListedAccounts } from './tables/listed-accounts.ts';
export {
  type MemberRequestRow,
  readStoredMembers,
  type StoredMember,
  writeMembers,
} from './tables/member-requests.ts';
export {
  type PostRecordRow,
  type PostRow,
  postRecords,
  postRows,
  postsWithLabels,
  visiblePosts,
} from './tables/post-rows.ts';
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
