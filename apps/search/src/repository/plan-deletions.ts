import type { CleanupType, KeepReason } from '@updraft/console-api/views';
import type { Repository } from '@updraft/repository';
import { CLEANUP_PREFIX, type CleanupRule, type Deletion, deletionOf } from '../cleanup/deletions.ts';
import { type KeepFacts, type KeepOptions, type KeptCounts, keptBecause, type LikedPosts } from '../cleanup/keep.ts';
import { findOwnThreads } from './own-threads.ts';
import { pinnedPath } from './pinned-post.ts';

export type CountsByType = Readonly<Partial<Record<CleanupType, number>>>;

/** What a clean-up would delete and keep. */
export interface DeletionPlan {
  readonly total: number;
  readonly byType: CountsByType;
  /** What stays although the rule would delete it. */
  readonly kept: KeptCounts;
  /** The first deletions, as many as the query asks for. */
  readonly first: readonly Deletion[];
  /** The paths of `askedAbout` that are still there. */
  readonly stillThere: readonly string[];
}

export interface DeletionQuery {
  readonly rule: CleanupRule;
  readonly keep: KeepOptions;
  /** How many deletions to name, and how many of each type; by default as many as there are. */
  readonly first: number;
  readonly firstOfType?: number;
  /** `collection/rkey`. */
  readonly askedAbout: readonly string[];
  /** Paths to leave alone: they are not tried any more. */
  readonly leave: readonly string[];
}

/** A query with the likes of the account's posts, where they matter. */
export interface InformedQuery extends DeletionQuery {
  readonly likes: LikedPosts | undefined;
}

/** Reads the records that a clean-up could touch and decides about each. */
export function planDeletions(repository: Repository, query: InformedQuery): DeletionPlan {
  const [asked, left] = [new Set(query.askedAbout), new Set(query.leave)];
  const facts = findFacts(repository, query);
  const first: Deletion[] = [];
  const stillThere: string[] = [];
  const byType: Partial<Record<CleanupType, number>> = {};
  const kept: Partial<Record<KeepReason, number>> = {};
  let total = 0;
  for (const record of repository.records({ from: CLEANUP_PREFIX, to: `${CLEANUP_PREFIX}~` })) {
    const { collection, rkey, value } = record;
    const path = `${collection}/${rkey}`;
    if (asked.has(path)) stillThere.push(path);
    const deletion = deletionOf(query.rule, collection, rkey, value);
    if (deletion === undefined || left.has(path)) continue;
    const reason = deletion === 'unknown_media' ? deletion : keptBecause(facts, record);
    if (reason !== undefined) kept[reason] = (kept[reason] ?? 0) + 1;
    if (reason !== undefined || deletion === 'unknown_media') continue;
    total++;
    const ofType = (byType[deletion.type] ?? 0) + 1;
    byType[deletion.type] = ofType;
    if (first.length < query.first && ofType <= (query.firstOfType ?? ofType)) first.push(deletion);
  }
  return { total, byType, kept, first, stillThere };
}

function findFacts(repository: Repository, { keep, likes }: InformedQuery): KeepFacts {
  return {
    pinnedPath: keep.pinned ? pinnedPath(repository) : undefined,
    listed: new Set(keep.paths),
    isInThread: keep.threads ? findOwnThreads(repository) : () => false,
    likes,
  };
}
