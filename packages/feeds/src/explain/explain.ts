import { type ClickHouse, type ExplainedPost, explainPost, type KeepPosts } from '@updraft/store';
import type { StoredBuild } from '../build-store.ts';
import { type Feed, isPersonal, type QueriedFeed } from '../feed.ts';
import { keepForFeed, type Standings } from '../keep-posts.ts';
import { type DescribedQuery, describeQuery } from '../queries/describe-query.ts';
import { postQueryOf } from '../queries/feed-queries.ts';
import { chosenOf, explainChosen } from './explain-chosen.ts';
import { explainPersonal, type PersonalLists } from './explain-personal.ts';
import type { Explanation, RuleResult } from './explanation.ts';
import { partsRule } from './parts-rule.ts';
import { known, moderation, rememberVerdict, validity } from './post-results.ts';
import { placeRules, queryRules } from './query-rules.ts';

export interface ExplainDeps {
  clickhouse: ClickHouse;
  /** The build that is served of a feed, its pinned posts not among its uris. */
  currentBuild: (alias: string) => Promise<StoredBuild | undefined>;
  /** Whether pages leave out this post of a build. */
  isCut: (feed: QueriedFeed, uri: string) => Promise<boolean>;
  keepValid: KeepPosts;
  standings: Standings;
  /** Lists of viewers, for personal feeds. */
  personal: PersonalLists;
}

/** `viewerDid` is whose list is meant. @throws ViewerNeededError of a personal feed without it */
export type Explain = (feed: Feed, uri: string, asOfMs: number, viewerDid?: string) => Promise<Explanation>;

/** Explains posts by the queries that build the feeds. */
export function createExplain(deps: ExplainDeps): Explain {
  return async (feed, uri, asOfMs, viewerDid) => {
    const base = { feed: feed.alias, uri, asOf: new Date(asOfMs).toISOString() };
    const chosen = chosenOf(feed, asOfMs);
    if (feed.kind === 'static' || chosen.posts.includes(uri))
      return { ...base, ...(await explainChosen(deps.clickhouse, feed, chosen, uri)) };
    if (isPersonal(feed)) return { ...base, ...(await explainPersonal(deps, feed, { uri, asOfMs, viewerDid })) };
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

async function explainQueried(
  deps: ExplainDeps,
  feed: QueriedFeed,
  uri: string,
  asOfMs: number,
  build: StoredBuild | undefined,
) {
  const { clickhouse } = deps;
  const parts = await readParts(deps, feed);
  const described = await describeQuery(
    { clickhouse, builtPosts: (alias) => parts.get(alias) ?? [], needAccount: async () => {} },
    feed,
    asOfMs,
  );
  const query = postQueryOf(clickhouse, described);
  const judged = rememberVerdict(deps.keepValid, uri);
  const keep = keepForFeed({ ...deps, keepValid: judged.keepValid }, feed);
  const lastUri = build !== undefined && build.uris.length >= feed.size ? build.uris.at(-1) : undefined;
  const explained = await explainPost(clickhouse, query, uri, { keep, lastUri });
  const moderated = await moderation(deps, feed, explained);
  const failedBefore = moderated.find(({ isPassed }) => isPassed === false);
  const rules = [
    known(explained),
    ...impossible(described),
    ...partsRule(feed, parts, uri),
    ...queryRules(query, explained, feed, asOfMs),
    ...moderated,
    ...(feed.validOnly ? [validity(judged.isValid(), failedBefore)] : []),
    ...placeRules(explained, feed),
  ];
  const failed = rules.find(({ isPassed }) => isPassed === false);
  const isTaken = failed === undefined && explained.state === 'there';
  const because = failed === undefined ? 'it passes every rule' : `${failed.rule}: ${failed.detail}`;
  return { isTaken, because, rules, ...scoreOf(explained, feed) };
}

/** The builds of a union's feeds, by alias; one that is not built yet has no posts. */
async function readParts({ currentBuild }: ExplainDeps, feed: QueriedFeed): Promise<Map<string, readonly string[]>> {
  if (feed.kind !== 'union') return new Map();
  const builds = await Promise.all(
    feed.feeds.map(async (alias) => [alias, (await currentBuild(alias))?.uris ?? []] as const),
  );
  return new Map(builds);
}

/** What keeps every post out. */
function impossible(described: DescribedQuery): RuleResult[] {
  return described.kind === 'nothing' ? [{ rule: described.rule, isPassed: false, detail: described.why }] : [];
}

function scoreOf({ score }: ExplainedPost, feed: QueriedFeed): Pick<Explanation, 'score'> {
  if (score === undefined || !('weights' in feed)) return {};
  return { score: { ...score, weights: feed.weights, ...('gravity' in feed && { gravity: feed.gravity }) } };
}
