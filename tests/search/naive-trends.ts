import type { GroundTruth } from '@updraft/simulator';
import { postsThatShow, type TruePost } from './naive-search.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface NaiveTrend {
  readonly kind: string;
  readonly term: string;
  readonly accounts: number;
  readonly usual: number;
  /** Posts of the hour that have the term. */
  readonly posts: ReadonlySet<string>;
}

/** Trends by language, counted post by post. `isLeftOut` says which posts count nowhere. */
export function naiveTrends(
  truth: GroundTruth,
  toMs: number,
  isLeftOut: (post: TruePost) => boolean,
): Map<string, NaiveTrend[]> {
  const all = postsThatShow(truth, Number.POSITIVE_INFINITY).flatMap((post) => {
    const age = toMs - post.sortAtMs;
    const isNear = keyHour(post.uri) > 0 && keyHour(post.uri) <= Math.floor(post.sortAtMs / HOUR_MS) + 1;
    const day = Math.floor(age / DAY_MS);
    return age >= 0 && age % DAY_MS < HOUR_MS && day <= 7 && isNear ? [{ post, day }] : [];
  });
  const days = new Set(all.filter(({ day }) => day > 0).map(({ day }) => day)).size;
  const counted = all.filter(({ post }) => !isLeftOut(post));
  const uses = counted.flatMap(({ post, day }) =>
    ['', ...languagesOf(post)].flatMap((lang) =>
      termsOf(truth, post).map(([kind, term]) => ({ lang, kind, term, post, day })),
    ),
  );
  const trends = new Map<string, NaiveTrend[]>();
  for (const same of Map.groupBy(uses, ({ lang, kind, term }) => `${lang} ${kind} ${term}`).values()) {
    const { lang = '', kind = '', term = '' } = same[0] ?? {};
    const accountsOf = (day: number) => new Set(same.filter((use) => use.day === day).map(({ post }) => post.did)).size;
    const accounts = accountsOf(0);
    const usual = [1, 2, 3, 4, 5, 6, 7].reduce((sum, day) => sum + accountsOf(day), 0) / days;
    if (accounts < 5 || accounts <= usual) continue;
    const posts = new Set(same.filter(({ day }) => day === 0).map(({ post }) => post.uri));
    trends.set(lang, [...(trends.get(lang) ?? []), { kind, term, accounts, usual, posts }]);
  }
  return trends;
}

function languagesOf({ langs }: TruePost): string[] {
  const codes = langs.map((lang) => lang.toLowerCase().split('-')[0] ?? '');
  return [...new Set(codes.filter((code) => code.length === 2 || code.length === 3))];
}

/** Of posts whose words, tags and links are plain. */
function termsOf(truth: GroundTruth, post: TruePost): [kind: string, term: string][] {
  const words = new Set(post.text.toLowerCase().split(/[ ,]+/).filter(Boolean));
  const record = truth.records.get(post.uri)?.commit.record as { facets?: { features: { uri: string }[] }[] };
  const domains = new Set(record.facets?.flatMap(({ features }) => features.map(({ uri }) => new URL(uri).hostname)));
  return [
    ...[...words].map((word): [string, string] => ['words', word]),
    ...post.tags.map((tag): [string, string] => ['tags', tag]),
    ...[...domains].map((domain): [string, string] => ['links', domain]),
  ];
}

/** The hour that a key of letters and digits tells. */
function keyHour(uri: string): number {
  let micros = 0n;
  for (const letter of (uri.split('/').at(-1) ?? '').slice(0, 11))
    micros = micros * 32n + BigInt('234567abcdefghijklmnopqrstuvwxyz'.indexOf(letter));
  return Number(micros / 3_600_000_000n);
}
