export { type FeedgenConfig, readFeedgenConfig, readFeedsConfig } from './config.ts';
export { createFeedgen, type Feedgen, type FeedgenDeps } from './feedgen.ts';
export type { Feed, FeedsFile } from './feeds-file/feed.ts';
export { FeedsFileError, parseFeedsFile, readFeedsFile } from './feeds-file/read-feeds.ts';
export { createFeedgenMetrics, type FeedgenMetrics } from './metrics.ts';
