export { readApiKeys, type StoredApiKey, writeApiKey, writeApiKeyUses } from './api-keys.ts';
export type { KeepPosts } from './fragments.ts';
export { insertRows } from './insert-rows.ts';
export { type LabelledPostsQuery, labelledPosts } from './labelled-posts.ts';
export {
  changeMembership,
  type Member,
  type MembershipChange,
  type MembersPage,
  type MembersQuery,
  readMembers,
  readMembersPage,
} from './members.ts';
export { type PostRecordRow, postRecords } from './post-records.ts';
export { rankPosts } from './rank-posts.ts';
export type { RankedPost, RankingQuery } from './ranking.ts';
export { visiblePosts } from './visible-posts.ts';
