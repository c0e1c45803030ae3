import { type ClickHouse, type ExplainedPost, explainPost, hidesOfPost, type KeepPosts } from '@updraft/store';
import type { StoredBuild } from '../build-store.ts';
import type { Feed, QueriedFeed } from '../feed.ts';
import { postQueryOf } from '../queries/feed-queries.ts';
import type { Explanation, RuleResult } from './explanation.ts';
import { CLEAR, keepForFeed, type ReadStandings } from './keep-posts.ts';
import { moderationRules } from './moderation-rules.ts';
import { placeRules, queryRules } from './query-rules.ts';

export interface ExplainDeps {
  clickhouse: ClickHouse;
  /** The build that is served of a feed, its pinned posts not among its uris. */
  currentBuild: (alias: string) => Promise<StoredBuild | undefined>;
  /** Whether pages leave out this post of a build. */
  isCut: (feed: QueriedFeed, uri: string) => Promise<boolean>;
  keepValid: KeepPosts;
  readStandings: ReadStandings;
}

export type Explain = (feed: Feed, uri: string, asOfMs: number) => Promise<Explanation>;

/** Explains posts by the queries that build the feeds. */
export function createExplain(deps: ExplainDeps): Explain {
  return async (feed, uri, asOfMs) => {
    const base = { feed: feed.alias, uri, asOf: new Date(asOfMs).toISOString() };
    const chosen = chosenPosts(feed);
    if (feed.kind === 'static' || chosen.posts.includes(uri)) return { ...base, ...explainChosen(chosen, uri) };
    const build = await deps.currentBuild(feed.alias);
    const place = (build?.uris.indexOf(uri) ?? -1) + 1;
    const isCut = place > 0 && (await deps.isCut(feed, uri));
    const answer = await explainQueried(deps, feed, uri, asOfMs, build);
    return {
      ...base,
      ...answer,
      isShown: place > 0 && !isCut,
      ...(build !== undefined && {
        build: {
          id: build.id,
          asOf: new Date(build.asOfMs).toISOString(),
          posts: build.uris.length,
          ...(place > 0 && { place }),
          isCut,
        },
      }),
    };
  };
}

interface Chosen {
  readonly rule: string;
  readonly posts: readonly string[];
}

/** The posts that the operator chose. */
function chosenPosts(feed: Feed): Chosen {
  return feed.kind === 'static' ? { rule: 'listed', posts: feed.posts } : { rule: 'pinned', posts: feed.pinned };
}

function explainChosen({ rule, posts }: Chosen, uri: string) {
  const isTaken = posts.includes(uri);
  const detail = isTaken ? `number ${posts.indexOf(uri) + 1} of ${posts.length}` : `not one of ${posts.length}`;
  return {
    isShown: isTaken,
    isTaken,
    because: isTaken ? 'the feeds file names it' : 'the feeds file does not name it',
    rules: [{ rule, isPassed: isTaken, detail }],
  };
}

async function explainQueried(
  deps: ExplainDeps,
  feed: QueriedFeed,
  uri: string,
  asOfMs: number,
  build: StoredBuild | undefined,
) {
  const { clickhouse } = deps;
  const query = postQueryOf(clickhouse, feed, asOfMs);
  const judged = rememberVerdict(deps.keepValid, uri);
  const keep = keepForFeed({ ...deps, keepValid: judged.keepValid }, feed);
  const lastUri = build !== undefined && build.uris.length >= feed.size ? build.uris.at(-1) : undefined;
  const explained = await explainPost(clickhouse, query, uri, { keep, lastUri });
  const rules = [
    known(explained),
    ...queryRules(query, explained, feed, asOfMs),
    ...(feed.validOnly ? [validity(judged.isValid())] : []),
    ...(await moderation(deps, feed, explained)),
    ...placeRules(explained, feed),
  ];
  const failed = rules.find(({ isPassed }) => isPassed === false);
  const isTaken = failed === undefined && explained.state === 'there';
  const because = failed === undefined ? 'it passes every rule' : `${failed.rule}: ${failed.detail}`;
  return { isTaken, because, rules, ...scoreOf(explained, feed) };
}

/** Keeps what `keepValid` says of one post. */
function rememberVerdict(keepValid: KeepPosts, uri: string) {
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

function known({ state }: ExplainedPost): RuleResult {
  const details = { absent: 'nothing is known of it', deleted: 'it was deleted', there: 'it is in the index' };
  return { rule: 'known', isPassed: state === 'there', detail: details[state] };
}

function validity(isPassed: boolean | undefined): RuleResult {
  if (isPassed === undefined) return { rule: 'valid', detail: 'the post is not known' };
  const detail = isPassed ? 'its record follows the lexicon' : 'its record breaks the lexicon: no app shows it';
  return { rule: 'valid', isPassed, detail };
}

async function moderation(deps: ExplainDeps, feed: QueriedFeed, { facts }: ExplainedPost): Promise<RuleResult[]> {
  if (facts === undefined) return [];
  const { uri, did } = facts;
  const standing = (await deps.readStandings([uri])).get(uri) ?? CLEAR;
  const hides = standing.hiddenFrom.length === 0 ? [] : await hidesOfPost(deps.clickhouse, uri, did);
  return moderationRules(feed, standing, hides);
}

function scoreOf({ score }: ExplainedPost, feed: QueriedFeed): Pick<Explanation, 'score'> {
  if (score === undefined || !('weights' in feed)) return {};
  return { score: { ...score, weights: feed.weights, ...(feed.kind === 'hot' && { gravity: feed.gravity }) } };
}
