export { didOfHandle, handlesOf } from './actors.ts';
export {
  type CleanupJobStore,
  type CleanupTotals,
  createCleanupJobStore,
  type StoredCleanupJob,
} from './cleanup-jobs.ts';
export { type CollectionStats, countOpsOfDay, readCollectionStats } from './collection-stats.ts';
export { countDay, type DailyStats, readDailyStats } from './daily-stats.ts';
export { type FeedDayStats, readFeedStats } from './feed-stats.ts';
export { type IngestStats, readIngestStats } from './ingest-stats.ts';
export { createProgressStore, type ProgressStore } from './job-progress.ts';
export { countRecentLikes, likeGenerations } from './like-counts.ts';
export {
  type FoundPost,
  type MostLikedQuery,
  mostLikedPosts,
  type NewestQuery,
  newestPosts,
  type PostFilter as SearchFilter,
  type PostPlace,
  type TokenTerm,
} from './search-posts.ts';
export { type DaySource, type DaysQuery, daysToCount, storeNowMs, touchDaysOfChangedActors } from './touched-days.ts';
export { countUsers, type ListedAccount, writeListedAccounts } from './users.ts';
