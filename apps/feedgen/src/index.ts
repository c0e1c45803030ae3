export { type FeedgenConfig, readFeedgenConfig } from './config.ts';
export { createFeedgen, type Feedgen, type FeedgenDeps } from './feedgen.ts';
export { createFeedgenMetrics, type FeedgenMetrics } from './metrics.ts';
export { createWishes, type Wishes } from './personal/wishes/wishes.ts';
export { createSeenPosts } from './seen/create-seen-posts.ts';
export type { SeenPosts, SeenView } from './seen/seen-posts.ts';
