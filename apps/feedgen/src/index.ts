export { type FeedgenConfig, readFeedgenConfig } from './config.ts';
export { createFeedgen, type Feedgen, type FeedgenDeps } from './feedgen.ts';
export { createFeedgenMetrics, type FeedgenMetrics } from './metrics.ts';
