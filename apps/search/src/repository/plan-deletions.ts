import { CLEANUP_PREFIX, type CleanupRule, type CleanupType, type Deletion, deletionOf } from '../cleanup/deletions.ts';
import type { Repository } from './repository.ts';

/** What a clean-up has before it. */
export interface DeletionPlan {
  readonly total: number;
  readonly byType: Readonly<Partial<Record<CleanupType, number>>>;
  /** The first of them, at most as many as were asked for. */
  readonly first: readonly Deletion[];
  /** Of the paths that were asked about, those that are still there. */
  readonly stillThere: readonly string[];
}

export interface DeletionQuery {
  readonly rule: CleanupRule;
  readonly first: number;
  /** `collection/rkey`. */
  readonly askedAbout: readonly string[];
}

/** Walks the records that a clean-up could touch and asks deletionOf about each. */
export function planDeletions(repository: Repository, { rule, first, askedAbout }: DeletionQuery): DeletionPlan {
  const asked = new Set(askedAbout);
  const found: Deletion[] = [];
  const stillThere: string[] = [];
  const byType: Partial<Record<CleanupType, number>> = {};
  let total = 0;
  for (const { collection, rkey, value } of repository.records({ from: CLEANUP_PREFIX, to: `${CLEANUP_PREFIX}~` })) {
    if (asked.has(`${collection}/${rkey}`)) stillThere.push(`${collection}/${rkey}`);
    const deletion = deletionOf(rule, collection, rkey, value);
    if (deletion === undefined) continue;
    total++;
    byType[deletion.type] = (byType[deletion.type] ?? 0) + 1;
    if (found.length < first) found.push(deletion);
  }
  return { total, byType, first: found, stillThere };
}
