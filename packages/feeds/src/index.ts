// What the feed generator and `pnpm admin` share: the feeds file, the service's identity, API keys, and the news of a change.
//
// In:  the environment, config/feeds.yaml.
// Out: validated feeds, their queries, builds in Redis, why a post is in a feed or not, the hash that is kept of a key, a message to the running instances.
export { apiKeyId, createApiKey, hashApiKey, importedApiKey, isSameHash } from './api-key.ts';
export { type BuildState, buildFault, lateAfterMs, reasonToBeEmpty } from './build-health.ts';
export { type BuildStore, createBuildStore, KEEP_BUILDS_MS, type StoredBuild } from './build-store.ts';
export { feedsConfig, feedsEnvironment, readFeedsConfig, type ServiceIdentity } from './config.ts';
export { createExplain, type Explain } from './explain/explain.ts';
export { type PersonalLists, type ViewerList, ViewerNeededError } from './explain/explain-personal.ts';
export type { Explanation, RuleResult } from './explain/explanation.ts';
export {
  authorsLabel,
  type Feed,
  type FeedsFile,
  feedByName,
  feedOrVariantByName,
  isPersonal,
  isQueried,
  isToldApart,
  membersLabel,
  nameOf,
  type PersonalFeed,
  type QueriedFeed,
  withVariants,
} from './feed.ts';
export { entryText, withEntry } from './feed-entry.ts';
export { type HideSubject, hideSubject, readHideSubject } from './hide-subject.ts';
export { keepForFeed, keepValidPosts, type Standings } from './keep-posts.ts';
export { type ChangedMember, type ChangeOptions, changeMembers, type MemberChange } from './members/change-members.ts';
export { type MemberIntake, type MemberSource, memberIntakes } from './members/member-sources.ts';
export {
  ASKED,
  GIVEN,
  HOST_ACTIONS,
  MEMBER_STATES,
  type MemberAction,
  type MemberState,
  type Standing,
} from './members/standing.ts';
export { type LeftOut, labelsOf, leftOutBy, type ModeratedFeed, NOT_RECOMMENDED } from './moderation.ts';
export { shortAlias } from './names.ts';
export { MAX_SUBJECTS, type News, newsChannel, parseNews, publishNews } from './news.ts';
export {
  createPersonalStore,
  type KeptFeed,
  keepPersonalMs,
  MAX_BUILDS_OF_VIEWER,
  type PersonalStore,
  PersonalStoreFullError,
  removePersonalBuilds,
  type StoredPersonalBuild,
} from './personal-store.ts';
export { isPinnedAt, type Pin } from './pins.ts';
export type { FeedQueryDeps } from './queries/describe-query.ts';
export { runFeedQuery } from './queries/feed-queries.ts';
export { runFollowing } from './queries/following.ts';
export { PartNotBuiltError } from './queries/part-not-built-error.ts';
export { FeedsFileError, parseFeedsFile, readFeedsFile } from './read-feeds.ts';
export { type FeedRoles, rolesIn } from './roles.ts';
export { changeableSettings } from './saved-settings/changeable.ts';
export {
  changedEntryText,
  describeChange,
  type LaidOver,
  layOver,
  type Override,
  overridesOf,
  parseSavedSettings,
  readChange,
  type SavedSettings,
} from './saved-settings/saved-settings.ts';
export { eraseSeen, MAX_SEEN_DAYS, seenDay, seenKey, seenLogMs, seenTotalKey } from './seen-log.ts';
export { variantFor } from './variants.ts';
export { widening } from './widening.ts';
