import type { QueryParams } from '../../clickhouse/types.ts';
import { type Authors, authorsParams, isByAuthors } from '../authors.ts';
import type { PostRule, PostRules } from '../fragments.ts';
import { type PostFilter, postFilterRules } from './post-filter.ts';

/** What a search feed looks for. */
export interface PostSearch {
  readonly filter: PostFilter;
  /** A regular expression (RE2) that matches somewhere in the text. */
  readonly pattern?: string | undefined;
  /** Milliseconds since 1970: `sort_at >= sinceMs`. */
  readonly sinceMs?: number | undefined;
  /** `sort_at < untilMs`. */
  readonly untilMs?: number | undefined;
  /** Only theirs. */
  readonly authors?: Authors | undefined;
}

/** A search's rules, for a query of posts. The pattern comes last: it is for what all others leave. */
export function searchRules({ filter, pattern, sinceMs, untilMs, authors }: PostSearch): PostRules {
  const { rules, params } = postFilterRules(filter);
  const more: [rule: PostRule, params: QueryParams][] = [];
  if (authors !== undefined) more.push([isByAuthors(authors), authorsParams(authors)]);
  if (sinceMs !== undefined) more.push([{ name: 'since', sql: `sort_at >= ${msSql('sinceMs')}` }, { sinceMs }]);
  if (untilMs !== undefined) more.push([{ name: 'until', sql: `sort_at < ${msSql('untilMs')}` }, { untilMs }]);
  if (pattern !== undefined) more.push([{ name: 'pattern', sql: isMatch }, { pattern }]);
  return {
    rules: [...rules, ...more.map(([rule]) => rule)],
    params: more.reduce<QueryParams>((all, [, bound]) => ({ ...all, ...bound }), params),
  };
}

const isMatch = 'match(text, {pattern:String})';

function msSql(name: string): string {
  return `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;
}
