import type { CountedTerm, TrendTerm } from '@updraft/store';

export const TREND_KINDS = ['tags', 'links', 'words'] as const;
export type TrendKind = (typeof TREND_KINDS)[number];

export interface RankedTerm extends TrendTerm {
  /** Of the last hour. */
  readonly accounts: number;
  /** The mean of the same hour of the days before. */
  readonly usual: number;
  readonly score: number;
}

export function kindOf(term: string): TrendKind {
  if (term.startsWith('#')) return 'tags';
  return term.startsWith('/') ? 'links' : 'words';
}

/** A term as people know it: without its sign. */
export function nameOf(term: string): string {
  return kindOf(term) === 'words' ? term : term.slice(1);
}

/**
 * How far the accounts are above their usual number, in its spread: that of chance, and a quarter of itself, by which frequent terms differ from day
 * to day.
 */
export function scoreOf(accounts: number, usual: number): number {
  return (accounts - usual) / Math.sqrt(1 + usual + (usual / 4) ** 2);
}

/**
 * The terms of one kind and language that are above their usual, the highest score first, `most` at most. Of a domain and those below it the first
 * one stands. `usual` gives the accounts of all days together.
 */
export function rankTerms(
  candidates: readonly CountedTerm[],
  usual: (term: TrendTerm) => number,
  { days, most }: { readonly days: number; readonly most: number },
): RankedTerm[] {
  const scored = candidates.map(({ lang, term, accounts }) => {
    const mean = usual({ lang, term }) / days;
    return { lang, term, accounts, usual: mean, score: scoreOf(accounts, mean) };
  });
  const above = scored.filter(({ score }) => score > 0).toSorted(highestFirst);
  const taken: RankedTerm[] = [];
  for (const next of above) {
    if (taken.length === most) break;
    if (!taken.some(({ term }) => areRelated(term, next.term))) taken.push(next);
  }
  return taken;
}

/** At equal scores the more accounts, then the longer term: of a domain and one below it that is the page's own. */
function highestFirst(a: RankedTerm, b: RankedTerm): number {
  if (a.score !== b.score) return b.score - a.score;
  if (a.accounts !== b.accounts) return b.accounts - a.accounts;
  if (a.term.length !== b.term.length) return b.term.length - a.term.length;
  return a.term < b.term ? -1 : 1;
}

/** One is a domain below the other. */
function areRelated(a: string, b: string): boolean {
  if (kindOf(a) !== 'links' || kindOf(b) !== 'links') return false;
  return nameOf(a).endsWith(`.${nameOf(b)}`) || nameOf(b).endsWith(`.${nameOf(a)}`);
}
