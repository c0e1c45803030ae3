import { createList, type List } from '../../clickhouse/lists.ts';
import type { CallOptions, ClickHouse } from '../../clickhouse/types.ts';
import { arrayOfStrings, string, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import { isRecommended, type LeftOut, leftOutLists } from './left-out.ts';
import { daySql, hoursParams, isInHours, type TrendHours } from './trend-hours.ts';

/**
 * A term of a language's posts ('' for all of them): as a token of post_rows, `#tag`, `/domain` or a word.
 */
const TERM = { lang: string, term: string };
export type TrendTerm = RowOf<typeof TERM_SHAPE>;
const TERM_SHAPE = shape(TERM);

const COUNTED_TERM = shape({ ...TERM, accounts: uint64 });
export type CountedTerm = RowOf<typeof COUNTED_TERM>;

export interface TrendPosts {
  readonly hours: TrendHours;
  readonly leftOut: LeftOut;
  /** Languages that are told apart, without region; '' is counted as well. */
  readonly langs: readonly string[];
}

export interface CandidateBounds {
  /** The least accounts of a candidate. */
  readonly leastAccounts: number;
  /** The most candidates of each kind and language: those of the most accounts. */
  readonly perList: number;
}

/** The languages of most accounts in these hours, `most` at most, each of at least `leastAccounts`. */
export async function busiestLanguages(
  clickhouse: ClickHouse,
  posts: Omit<TrendPosts, 'langs'>,
  { leastAccounts, most }: { readonly leastAccounts: number; readonly most: number },
): Promise<string[]> {
  const rows = await clickhouse.query(
    `SELECT arrayJoin(${LANGUAGES}) AS lang FROM post_rows FINAL WHERE ${isCounted}
     GROUP BY lang HAVING uniqExact(did_key) >= {leastAccounts:UInt32} ORDER BY uniqExact(did_key) DESC, lang LIMIT {most:UInt32}`,
    shape({ lang: string }),
    { ...hoursParams(posts.hours), leastAccounts, most },
    callWith(posts.leftOut),
  );
  return rows.map(({ lang }) => lang);
}

/** The terms of these hours that most accounts used. */
export function countCandidates(
  clickhouse: ClickHouse,
  posts: TrendPosts,
  bounds: CandidateBounds,
): Promise<CountedTerm[]> {
  return clickhouse.query(
    `SELECT lang, term, uniqExact(did_key) AS accounts FROM (${usesSql('did_key')})
     GROUP BY lang, term HAVING accounts >= {leastAccounts:UInt32}
     ORDER BY accounts DESC, term LIMIT {perList:UInt32} BY lang, ${KIND}`,
    COUNTED_TERM,
    { ...paramsOf(posts), ...bounds },
    callWith(posts.leftOut),
  );
}

/** How many accounts used each of the terms in these hours, added up over the days. Terms that nobody used are left out. */
export function countUsual(
  clickhouse: ClickHouse,
  posts: TrendPosts,
  terms: readonly TrendTerm[],
): Promise<CountedTerm[]> {
  return clickhouse.query(
    `SELECT lang, term, uniqExact(did_of_day) AS accounts FROM (${usesSql(`did_key + ${daySql()} AS did_of_day`, isGiven)})
     GROUP BY lang, term HAVING (lang, term) IN given_terms`,
    COUNTED_TERM,
    paramsOf(posts),
    callWith(posts.leftOut, ...termLists(terms)),
  );
}

/** On how many of the days anybody wrote in the hour, as far as the index knows. */
export async function daysWithPosts(clickhouse: ClickHouse, hours: TrendHours): Promise<number> {
  const [row] = await clickhouse.query(
    `SELECT uniqExact(${daySql()}) AS days FROM post_rows FINAL WHERE ${isInHours} AND ${isVisible}`,
    shape({ days: uint64 }),
    hoursParams(hours),
    CALL,
  );
  return row?.days ?? 0;
}

const SAMPLES = shape({ ...TERM, uris: arrayOfStrings });

/** The newest posts with each of the terms, one of an account, `most` at most. */
export function samplePosts(
  clickhouse: ClickHouse,
  posts: TrendPosts,
  terms: readonly TrendTerm[],
  most: number,
): Promise<RowOf<typeof SAMPLES>[]> {
  return clickhouse.query(
    `SELECT lang, term, groupArray(${Math.trunc(most)})(uri) AS uris
     FROM (
       SELECT lang, term, uri FROM (${usesSql('did_key, did, rkey, uri, sort_at', isGiven)})
       WHERE (lang, term) IN given_terms
       ORDER BY sort_at DESC, did DESC, rkey DESC LIMIT 1 BY lang, term, did_key
     )
     GROUP BY lang, term`,
    SAMPLES,
    paramsOf(posts),
    callWith(posts.leftOut, ...termLists(terms)),
  );
}

const isCounted = `${isInHours} AND ${isVisible} AND ${isRecommended}`;
/** A post's languages without region, each once, in lower case. */
const LANGUAGES = `arrayFilter(code -> match(code, '^[a-z]{2,3}$'), arrayDistinct(arrayMap(tag -> lower(splitByChar('-', tag)[1]), langs)))`;
/** Tags, domains and words, each once. Words stand before the first ^, and begin with none of the signs of marks. */
const TERMS = `arrayDistinct(arrayConcat(
  arrayFilter(token -> position('#@=+/<~%|^', substring(token, 1, 1)) = 0, arraySlice(tokens, 1, indexOf(arrayPushBack(tokens, '^'), '^') - 1)),
  arrayFilter(token -> startsWith(token, '#') OR (startsWith(token, '/') AND NOT startsWith(token, '//')), tokens)))`;
const KIND = `multiIf(startsWith(term, '#'), 1, startsWith(term, '/'), 2, 3)`;

const isGiven = 'token IN given_tokens';

/** A row for each language and term of each post that counts; of the terms those that are wanted, before they become rows. */
function usesSql(columns: string, isWanted = 'true'): string {
  return `SELECT ${columns},
      arrayJoin(arrayConcat([''], arrayFilter(code -> has({langs:Array(String)}, code), ${LANGUAGES}))) AS lang,
      arrayJoin(arrayFilter(token -> ${isWanted}, ${TERMS})) AS term
    FROM post_rows FINAL WHERE ${isCounted}`;
}

function paramsOf({ hours, langs }: TrendPosts) {
  return { ...hoursParams(hours), langs };
}

function termLists(terms: readonly TrendTerm[]): List[] {
  const tokens = [...new Set(terms.map(({ term }) => term))].map((term) => ({ term }));
  return [createList('given_terms', TERM, terms), createList('given_tokens', { term: string }, tokens)];
}

function callWith(leftOut: LeftOut, ...lists: readonly List[]): CallOptions {
  return { ...CALL, lists: [...leftOutLists(leftOut), ...lists] };
}

/** In the background, on one core; the hours of a large network are grouped within these bounds, on disk if necessary. */
const CALL: CallOptions = {
  timeoutMs: 120_000,
  settings: { max_threads: 1, max_memory_usage: 4_000_000_000, max_bytes_before_external_group_by: 1_000_000_000 },
};
