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
export type { FoundPost, PostPlace } from './found-post.ts';
export { type IngestStats, readIngestStats } from './ingest-stats.ts';
export { createProgressStore, type ProgressStore } from './job-progress.ts';
export { countRecentLikes, isGenerationKept, likeGenerations } from './like-counts.ts';
export { type MostLikedQuery, mostLikedPosts } from './most-liked-posts.ts';
export { type NewestQuery, newestPosts } from './newest-posts.ts';
export { type OwnPostLikes, ownPostLikes } from './own-post-likes.ts';
export type { PostFilter as SearchFilter } from './post-filter.ts';
export { type PostKey, postHours, type StoredPost, storedPosts } from './stored-posts.ts';
export type { TokenTerm } from './token-term.ts';
export { type DaySource, type DaysQuery, daysToCount, storeNowMs, touchDaysOfChangedActors } from './touched-days.ts';
export { countUsers, type ListedAccount, writeListedAccounts } from './users.ts';
