import {
  type ClickHouse,
  explainPost,
  filterParams,
  filterRules,
  followedPostQuery,
  IN_WINDOW,
  type KeepPosts,
  type PostQuery,
} from '@updraft/store';
import type { PersonalFeed } from '../feed.ts';
import { keepForFeed, type Standings } from '../keep-posts.ts';
import { followingQuery } from '../queries/following.ts';
import type { Explanation, RuleResult } from './explanation.ts';
import { known, moderation, rememberVerdict, validity } from './post-results.ts';
import { queryRules } from './query-rules.ts';

/** A personal feed has a list for each viewer: whose is meant must be said. */
export class ViewerNeededError extends Error {
  override name = 'ViewerNeededError';
  readonly alias: string;

  constructor(alias: string) {
    super(`${alias} has a list for each viewer: say whose, by viewer=DID`);
    this.alias = alias;
  }
}

/** One viewer's list of a personal feed. */
export interface ViewerList {
  readonly id: string;
  readonly asOfMs: number;
  /** Best first, without pinned ones. */
  readonly posts: readonly { readonly uri: string; readonly reason: string }[];
  /** Whether pages leave out this post of it. */
  isCut(uri: string): boolean | Promise<boolean>;
}

export interface PersonalLists {
  /** That is served; undefined where the viewer gets the fallback. */
  current(feed: PersonalFeed, viewerDid: string): Promise<ViewerList | undefined>;
  /** As a build made now has it. */
  make(feed: PersonalFeed, viewerDid: string): Promise<ViewerList['posts']>;
  /** Of kind `for-you`: what the recommender says of the post. Absent where nobody can ask it. */
  coLikers?(feed: PersonalFeed, viewerDid: string, uri: string, asOfMs: number): Promise<RuleResult[]>;
  /** Whether the viewer was shown the post before; undefined where that is not known. */
  hasSeen(viewerDid: string, uri: string): Promise<boolean | undefined>;
}

export interface ExplainPersonalDeps {
  clickhouse: ClickHouse;
  keepValid: KeepPosts;
  standings: Standings;
  personal: PersonalLists;
}

export interface PersonalQuestion {
  readonly uri: string;
  readonly asOfMs: number;
  readonly viewerDid: string | undefined;
}

type Answer = Omit<Explanation, 'feed' | 'uri' | 'asOf'>;

/** Whether the post is in the viewer's list is what the feed's query itself says, made now; the rules say why. @throws ViewerNeededError */
export async function explainPersonal(
  deps: ExplainPersonalDeps,
  feed: PersonalFeed,
  { uri, asOfMs, viewerDid }: PersonalQuestion,
): Promise<Answer> {
  if (viewerDid === undefined) throw new ViewerNeededError(feed.alias);
  const made = await deps.personal.make(feed, viewerDid);
  const rules = [
    ...(await rulesOf(deps, feed, { uri, asOfMs, viewerDid })),
    ...((await deps.personal.coLikers?.(feed, viewerDid, uri, asOfMs)) ?? []),
    placeRule(made, uri),
  ];
  const isTaken = made.some((post) => post.uri === uri);
  const failed = rules.find(({ isPassed }) => isPassed === false);
  const because = isTaken || failed === undefined ? 'the list has it' : `${failed.rule}: ${failed.detail}`;
  const current = await deps.personal.current(feed, viewerDid);
  if (current === undefined) return { isShown: false, isTaken, because, rules };
  const place = current.posts.findIndex((post) => post.uri === uri) + 1;
  const isCut = place > 0 && (await current.isCut(uri));
  const build = {
    id: current.id,
    asOf: new Date(current.asOfMs).toISOString(),
    posts: current.posts.length,
    ...(place > 0 && { place }),
    isCut,
  };
  return { isShown: place > 0 && !isCut, isTaken, because, rules, build };
}

type Question = PersonalQuestion & { readonly viewerDid: string };

async function rulesOf(deps: ExplainPersonalDeps, feed: PersonalFeed, question: Question): Promise<RuleResult[]> {
  const query = postQueryFor(feed, question);
  const judged = rememberVerdict(deps.keepValid, question.uri);
  const keep = keepForFeed({ ...deps, keepValid: judged.keepValid }, feed);
  const explained = await explainPost(deps.clickhouse, query, question.uri, { keep });
  const moderated = await moderation(deps, feed, explained);
  const failedBefore = moderated.find(({ isPassed }) => isPassed === false);
  return [
    known(explained),
    ...queryRules(query, explained, feed, question.asOfMs),
    ...moderated,
    ...(feed.validOnly ? [validity(judged.isValid(), failedBefore)] : []),
    ...(feed.hideSeen ? [await seenRule(deps, question)] : []),
  ];
}

/** Of kind `for-you` what SQL tells: the rest is the recommender's, whose answer is the list. */
function postQueryFor(feed: PersonalFeed, { uri, asOfMs, viewerDid }: Question): PostQuery {
  if (feed.kind === 'following') return followedPostQuery(followingQuery(feed, viewerDid, { asOfMs }), uri);
  const fromMs = asOfMs - feed.window;
  return {
    rules: [IN_WINDOW, ...filterRules(feed)],
    params: { fromHour: Math.floor(fromMs / 3_600_000), fromMs, toMs: asOfMs, ...filterParams(feed) },
    perAuthor: undefined,
    order: async (posts) => posts.map((post) => ({ post, hasEnough: true })),
  };
}

async function seenRule({ personal }: ExplainPersonalDeps, { viewerDid, uri }: Question): Promise<RuleResult> {
  const hasSeen = await personal.hasSeen(viewerDid, uri);
  if (hasSeen === undefined) return { rule: 'seen', detail: 'only the feed generator knows what the viewer was shown' };
  const detail = hasSeen ? 'the viewer was shown it before' : 'the viewer was not shown it yet';
  return { rule: 'seen', isPassed: !hasSeen, detail };
}

function placeRule(made: ViewerList['posts'], uri: string): RuleResult {
  const index = made.findIndex((post) => post.uri === uri);
  const detail =
    index < 0
      ? `not among the ${made.length} posts of the viewer's list: a rule keeps it out, others come first, or they have its author's share`
      : `number ${index + 1} of the ${made.length} posts of the viewer's list: ${made[index]?.reason ?? ''}`;
  return { rule: 'place', isPassed: index >= 0, detail };
}
