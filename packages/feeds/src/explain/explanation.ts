import type { ScoreParts } from '@updraft/store';

/** Why a post is in a feed, or why not. */
export interface Explanation {
  readonly feed: string;
  readonly uri: string;
  /** ISO 8601: the moment that the rules were asked about. */
  readonly asOf: string;
  /** Whether a page has the post now. */
  readonly isShown: boolean;
  /** Whether a build made now would have it. */
  readonly isTaken: boolean;
  /** Why, in a sentence. */
  readonly because: string;
  /** Each rule of the feed. */
  readonly rules: RuleResult[];
  /** In a ranking; what the feed's weights don't count is 0. */
  readonly score?: ScoreParts & Weights;
  /** The build that is served; absent before the first. */
  readonly build?: {
    readonly id: string;
    readonly asOf: string;
    readonly posts: number;
    /** The post's, from 1; absent when it isn't in the build. */
    readonly place?: number;
    /** It is in the build, and pages leave it out since it no longer shows. */
    readonly isCut: boolean;
  };
}

export interface Weights {
  readonly weights: { readonly likes: number; readonly reposts: number; readonly replies: number };
  readonly gravity?: number;
}

export interface RuleResult {
  readonly rule: string;
  /** Absent where it could not be asked, for an earlier rule fails. */
  readonly isPassed?: boolean;
  /** The post's numbers and the rule's, for people. */
  readonly detail: string;
}
