import type { ClickHouse, ExplainedPost, KeepPosts } from '@updraft/store';
import { CLEAR, type Standings } from '../keep-posts.ts';
import type { ModeratedFeed } from '../moderation.ts';
import { hidesOf } from './explain-chosen.ts';
import type { RuleResult } from './explanation.ts';
import { moderationRules } from './moderation-rules.ts';

/** Keeps what `keepValid` says of one post. */
export function rememberVerdict(keepValid: KeepPosts, uri: string) {
  let isValid: boolean | undefined;
  return {
    keepValid: async (posts: Parameters<KeepPosts>[0]) => {
      const kept = await keepValid(posts);
      isValid = kept.has(uri);
      return kept;
    },
    isValid: () => isValid,
  };
}

/** Whether the index has the post. */
export function known({ state }: ExplainedPost): RuleResult {
  const details = { absent: 'nothing is known of it', deleted: 'it was deleted', there: 'it is in the index' };
  return { rule: 'known', isPassed: state === 'there', detail: details[state] };
}

/** Whether its record follows the lexicon; `before` is the rule that kept it from being asked. */
export function validity(isPassed: boolean | undefined, before: RuleResult | undefined): RuleResult {
  if (before !== undefined) return { rule: 'valid', detail: `not asked: ${before.rule}` };
  if (isPassed === undefined) return { rule: 'valid', detail: 'the post is not known' };
  const detail = isPassed ? 'its record follows the lexicon' : 'its record breaks the lexicon: no app shows it';
  return { rule: 'valid', isPassed, detail };
}

/** The rules of moderation. */
export async function moderation(
  deps: { readonly clickhouse: ClickHouse; readonly standings: Standings },
  feed: ModeratedFeed,
  { facts }: ExplainedPost,
): Promise<RuleResult[]> {
  if (facts === undefined) return [];
  const standing = (await deps.standings([facts])).get(facts.uri) ?? CLEAR;
  const hides = standing.hiddenFrom.length === 0 ? [] : await hidesOf(deps.clickhouse, facts.uri);
  return moderationRules(feed, standing, hides);
}
