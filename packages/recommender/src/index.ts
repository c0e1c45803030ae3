export { type Arrangeable, arrange } from './recommend/arrange.ts';
export { createLikeGraph, type HourReading, type LikeGraph } from './graph/like-graph.ts';
export type { PostFact } from './graph/post-facts.ts';
export { createRecommender, type Recommender } from './recommend/recommend.ts';
export type { Candidate, GivenLike, Key, Request } from './recommend/request.ts';
export { type Effort, effortOf, FULL_EFFORT, WEIGHTS, type Weights } from './recommend/settings.ts';
