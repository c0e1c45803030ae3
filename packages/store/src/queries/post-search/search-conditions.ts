import type { QueryParams } from '../../clickhouse/types.ts';
import { type Authors, authorsParams, isByAuthors } from '../authors.ts';
import type { Conditions } from '../fragments.ts';
import { filterSql, type PostFilter } from './post-filter.ts';

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

/** A search's conditions, for a query of posts. The pattern comes last: it is for what all others leave. */
export function searchConditions({ filter, pattern, sinceMs, untilMs, authors }: PostSearch): Conditions {
  const { conditions, params } = filterSql(filter);
  const more: [condition: string, params: QueryParams][] = [];
  if (authors !== undefined) more.push([isByAuthors(authors), authorsParams(authors)]);
  if (sinceMs !== undefined) more.push([`sort_at >= ${msSql('sinceMs')}`, { sinceMs }]);
  if (untilMs !== undefined) more.push([`sort_at < ${msSql('untilMs')}`, { untilMs }]);
  if (pattern !== undefined) more.push([isMatch, { pattern }]);
  return {
    conditions: [...conditions, ...more.map(([condition]) => condition)],
    params: more.reduce<QueryParams>((all, [, bound]) => ({ ...all, ...bound }), params),
  };
}

const isMatch = 'match(text, {pattern:String})';

function msSql(name: string): string {
  return `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;
}
