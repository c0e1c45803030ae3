import type { RuleResult } from '@updraft/feeds';
import type { Reasons } from '@updraft/recommender';
import { accountsApart } from '@updraft/store';
import { type Call, type ChooseDeps, requestFor } from './choose-posts.ts';
import type { ForYouFeed } from './for-you.ts';
import { GraphNotReadyError } from './graph/graph-thread.ts';
import { keyOf } from './sip-hash.ts';

/** Why a viewer's build has a post, or not. */
export interface ForYouExplanation {
  /** Whether the post is among those that the viewer's build is filled from, by their scores. */
  readonly isCandidate: boolean;
  /** Why, in a sentence. */
  readonly because: string;
  /** The viewer's likes that count, the accounts found by them, and those of these that like the post. */
  readonly seeds: number;
  readonly accounts: number;
  readonly coLikers: number;
  /** The viewer's likes that led to it, by how many of these co-likers share them; most first. */
  readonly ledBy: readonly { readonly uri: string; readonly coLikers: number }[];
  /** score = sum of the co-likers' closeness / popularity × recency. */
  readonly parts?: NonNullable<Reasons['parts']>;
}

const MAX_LED_BY = 20;

/** Asks what the build asks, of one post. What the viewer has seen or asked less of is not counted in. */
export async function explainForYou(
  deps: ChooseDeps,
  feed: ForYouFeed,
  { viewerDid, uri }: { readonly viewerDid: string; readonly uri: string },
  call: Call,
): Promise<ForYouExplanation> {
  const { request, likes } = await requestFor(deps, feed, viewerDid, call);
  const reasons = await deps.thread.explain(request, keyOf(uri), call.signal);
  const did = uri.split('/')[2] ?? '';
  const [checked, apart] = await Promise.all([
    deps.check([uri]),
    accountsApart(deps.clickhouse, viewerDid, [did], { signal: call.signal }),
  ]);
  const names = new Map(likes?.map((like) => [`${like.keyHi} ${like.keyLo}`, like.uri]));
  const { rule, seeds, accounts, coLikers, ledBy, parts } = reasons;
  const isKept = checked.kept.has(uri) && !apart.has(did);
  return {
    isCandidate: rule === undefined && isKept,
    because: rule === undefined ? checkedBecause(isKept, apart.has(did), coLikers) : BECAUSE[rule],
    seeds,
    accounts,
    coLikers,
    ledBy: ledBy
      .slice(0, MAX_LED_BY)
      .map(({ lo, hi, coLikers: shared }) => ({ uri: names.get(`${hi} ${lo}`) ?? '', coLikers: shared })),
    ...(parts !== undefined && { parts }),
  };
}

const BECAUSE: Readonly<Record<NonNullable<Reasons['rule']>, string>> = {
  known: 'nobody whose likes are in the graph likes it, or the post is not in the index',
  own: 'the viewer wrote it',
  liked: 'the viewer likes it already',
  window: "it is older than the feed's window or than the graph reaches back, or from the future",
  replies: 'it is a reply, and the feed has none',
  media: 'it has no media, and the feed has nothing else',
  languages: "it has none of the feed's languages",
  'co-likers': 'none of the accounts that like what the viewer likes likes it',
};

function checkedBecause(isKept: boolean, isApart: boolean, coLikers: number): string {
  if (isKept) return `${coLikers} of the accounts that like what the viewer likes like it`;
  if (isApart) return 'the viewer and its author block each other, or one of them does';
  return "it no longer shows, or a rule of the feed's moderation leaves it out: ask of a feed for everybody with these rules";
}

/** An explanation as the rule `co-likers`. */
export async function coLikersRule(explaining: Promise<ForYouExplanation>): Promise<RuleResult> {
  const rule = 'co-likers';
  try {
    const { isCandidate, because, seeds, accounts, ledBy, parts } = await explaining;
    const found = `${accounts} accounts found by ${seeds} of the viewer's likes`;
    // Of likes that could not be read the graph knows no names.
    const by = ledBy
      .filter(({ uri }) => uri !== '')
      .slice(0, MAX_TOLD)
      .map(({ uri, coLikers }) => `${uri} (${coLikers})`);
    const detail = [because, found, ...(by.length > 0 ? [`by ${by.join(', ')}`] : []), ...(parts ? [told(parts)] : [])];
    return { rule, isPassed: isCandidate, detail: detail.join('; ') };
  } catch (error) {
    if (error instanceof GraphNotReadyError) return { rule, detail: `not asked: ${error.message}` };
    throw error;
  }
}

const MAX_TOLD = 3;

function told({ sum, popularity, recency, score, likes }: NonNullable<Reasons['parts']>): string {
  const [a, b, c, d] = [sum, popularity, recency, score].map((number) => number.toPrecision(3));
  return `score ${d} = ${a} / ${b} for its ${likes} likes × ${c} for its age`;
}
