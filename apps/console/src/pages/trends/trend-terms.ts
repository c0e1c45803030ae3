/** The answer of GET /trends. */
export interface Trends {
  readonly updated_at: string;
  /** The days whose same hour is the usual. */
  readonly usual_days: number;
  readonly trends: readonly Trend[];
}

export interface Trend {
  readonly kind: TrendKind;
  readonly term: string;
  readonly accounts: number;
  readonly usual: number;
  readonly score: number;
  /** At-uris. */
  readonly posts: readonly string[];
}

export const KINDS = [
  { name: 'tags', title: 'Tags' },
  { name: 'links', title: 'Links' },
  { name: 'words', title: 'Words' },
] as const;
export type TrendKind = (typeof KINDS)[number]['name'];

/** As people write it. A cashtag has its sign already. */
export function shownTerm({ kind, term }: Pick<Trend, 'kind' | 'term'>): string {
  return kind !== 'tags' || term.startsWith('$') ? term : `#${term}`;
}

/** The search that finds its posts. */
export function queryOf(trend: Pick<Trend, 'kind' | 'term'>): string {
  return trend.kind === 'links' ? `domain:${trend.term}` : shownTerm(trend);
}

/** Such as `8 times its usual 12`. */
export function againstUsual({ accounts, usual }: Pick<Trend, 'accounts' | 'usual'>): string {
  if (usual < 1) return 'usually none';
  const times = accounts / usual;
  const rounded = times < 10 ? Math.round(times * 10) / 10 : Math.round(times);
  return `${rounded} times the usual ${Math.round(usual)}`;
}
