import { NOT_RECOMMENDED } from '@updraft/feeds';
import {
  busiestLanguages,
  type ClickHouse,
  type CountedTerm,
  countCandidates,
  countUsual,
  daysWithPosts,
  readLeftOut,
  samplePosts,
  type TrendTerm,
} from '@updraft/store';
import { z } from 'zod';
import { kindOf, nameOf, type RankedTerm, rankTerms, TREND_KINDS } from './rank-trends.ts';

export const trend = z.object({
  kind: z.enum(TREND_KINDS),
  term: z.string(),
  /** Of the hour. */
  accounts: z.int(),
  usual: z.number(),
  score: z.number(),
  posts: z.array(z.string()),
});
export type Trend = z.output<typeof trend>;

/** All trends: by language, '' for all of them, those of each kind with the highest score first. */
export const allTrends = z.object({
  updated_at: z.iso.datetime(),
  from: z.iso.datetime(),
  /** The days whose same hour is the usual. */
  usual_days: z.int(),
  languages: z.record(z.string(), z.array(trend)),
});
export type AllTrends = z.output<typeof allTrends>;

export interface TrendsOptions {
  /** Whether accounts count that say that they are bots. */
  readonly bots: boolean;
}

/** Counts the last hour and the same hour of seven days before. In the background: it reads all posts of these hours. */
export async function readTrends(clickhouse: ClickHouse, { bots }: TrendsOptions, nowMs: number): Promise<AllTrends> {
  const now = { toMs: nowMs, days: [0] };
  const earlier = { toMs: nowMs, days: USUAL_DAYS };
  const days = await daysWithPosts(clickhouse, earlier);
  const languages = days === 0 ? {} : await readLanguages(clickhouse, { now, earlier, days, bots });
  const [updatedAt = '', from = ''] = [nowMs, nowMs - HOUR_MS].map((ms) => new Date(ms).toISOString());
  return { updated_at: updatedAt, from, usual_days: days, languages };
}

const HOUR_MS = 3_600_000;
const USUAL_DAYS = [1, 2, 3, 4, 5, 6, 7];
/** Fewer accounts are no trend. */
const LEAST_ACCOUNTS = 5;
/** Terms of one kind and language that are compared with their usual: those of the most accounts. */
const MAX_CANDIDATES = 2_000;
const MAX_LANGUAGES = 40;
const MAX_TRENDS = 50;
const SAMPLES = 3;

interface Hours {
  readonly now: { readonly toMs: number; readonly days: readonly number[] };
  readonly earlier: { readonly toMs: number; readonly days: readonly number[] };
  /** Of the earlier ones, those with posts. */
  readonly days: number;
  readonly bots: boolean;
}

async function readLanguages(
  clickhouse: ClickHouse,
  { now, earlier, days, bots }: Hours,
): Promise<AllTrends['languages']> {
  const hours = { toMs: now.toMs, days: [...now.days, ...earlier.days] };
  const leftOut = await readLeftOut(clickhouse, {
    hours,
    values: NOT_RECOMMENDED,
    accountValues: bots ? [] : ['bot'],
    nowMs: now.toMs,
  });
  const posts = { hours: now, leftOut };
  const langs = await busiestLanguages(clickhouse, posts, { leastAccounts: LEAST_ACCOUNTS, most: MAX_LANGUAGES });
  const bounds = { leastAccounts: LEAST_ACCOUNTS, perList: MAX_CANDIDATES };
  const candidates = await countCandidates(clickhouse, { ...posts, langs }, bounds);
  const usual = byTerm(await countUsual(clickhouse, { hours: earlier, leftOut, langs }, candidates), countOf);
  const lists = [...Map.groupBy(candidates, ({ lang, term }) => `${lang} ${kindOf(term)}`).values()];
  const ranked = lists.flatMap((list) =>
    rankTerms(list, (term) => usual.get(keyOf(term)) ?? 0, { days, most: MAX_TRENDS }),
  );
  const samples = byTerm(await samplePosts(clickhouse, { ...posts, langs }, ranked, SAMPLES), ({ uris }) => uris);
  const byLanguage = Map.groupBy(ranked, ({ lang }) => lang);
  return Object.fromEntries(
    [...byLanguage].map(([lang, terms]) => [
      lang,
      terms.map((term) => trendView(term, samples.get(keyOf(term)) ?? [])),
    ]),
  );
}

function countOf({ accounts }: CountedTerm): number {
  return accounts;
}

function byTerm<Row extends TrendTerm, T>(rows: readonly Row[], valueOf: (row: Row) => T): Map<string, T> {
  return new Map(rows.map((row) => [keyOf(row), valueOf(row)]));
}

function keyOf({ lang, term }: TrendTerm): string {
  return `${lang} ${term}`;
}

function trendView({ term, accounts, usual, score }: RankedTerm, posts: readonly string[]): Trend {
  return {
    kind: kindOf(term),
    term: nameOf(term),
    accounts,
    usual: round(usual),
    score: round(score),
    posts: [...posts],
  };
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
