import { lasting } from '@updraft/service';
import type { ExplainedPost, PostQuery } from '@updraft/store';
import { authorsLabel, type PersonalFeed, type QueriedFeed } from '../feed.ts';
import type { RuleResult } from './explanation.ts';

type BuiltFeed = QueriedFeed | PersonalFeed;

/** The rules that a feed's query has in SQL, and what each says of the post. */
export function queryRules(
  { rules }: PostQuery,
  { facts, broken }: ExplainedPost,
  feed: BuiltFeed,
  asOfMs: number,
): RuleResult[] {
  return rules.map(({ name: rule }) => {
    if (facts === undefined) return { rule, detail: 'the post is not known' };
    const detail = (DETAILS[rule] ?? (() => ''))(facts, feed, asOfMs);
    return { rule, isPassed: !broken.includes(rule), detail };
  });
}

/** A rule without a line here is told without numbers. */
const DETAILS: Readonly<Record<string, (post: Facts, feed: BuiltFeed, asOfMs: number) => string>> = {
  window: ({ sortAtMs }, { window }, asOfMs) =>
    `it is ${ageOf(sortAtMs, asOfMs)} old (${new Date(sortAtMs).toISOString()}), the window is ${lasting(window)}`,
  'minimum age': ({ sortAtMs }, feed, asOfMs) =>
    `it is ${ageOf(sortAtMs, asOfMs)} old, the feed takes posts from ${'minimumAge' in feed ? lasting(feed.minimumAge) : '0 s'} on`,
  visible: ({ did }) => `whether ${did} is active, and the post not older than what hides its records`,
  replies: ({ parentUri }) => (parentUri === '' ? 'it is no reply' : `it is a reply to ${parentUri}`),
  media: ({ hasEmbeddedMedia }) => (hasEmbeddedMedia ? 'it has media' : 'it has no media'),
  languages: ({ langs }, { languages }) =>
    `its languages: ${langs.join(', ') || 'none'}; the feed's: ${languages.join(', ')}`,
  'author label': ({ did }, feed) => `whether ${did} bears the label ${authorsLabel(feed) ?? ''}`,
  followed: ({ did }) => `whether the viewer follows ${did}, and does not block it`,
  'followed or reposted': ({ did }, { window }) =>
    `whether the viewer follows ${did}, or somebody who reposted it, within ${lasting(window)}`,
  'not blocked': ({ did }) => `whether the viewer does not block ${did}`,
  time: ({ sortAtMs }) => `it is of ${new Date(sortAtMs).toISOString()}`,
  list: ({ did }, feed) => `whether ${did} is on ${feed.kind === 'list' ? feed.list : ''}`,
  words: aboutQuery,
  'words as written': aboutQuery,
  'excluded words': aboutQuery,
  from: aboutQuery,
  'not from': aboutQuery,
  since: aboutQuery,
  until: aboutQuery,
  pattern: (_post, feed) => `the text is to match ${feed.kind === 'search' ? (feed.pattern ?? '') : ''}`,
};

function aboutQuery(_post: Facts, feed: BuiltFeed): string {
  return `the feed looks for ${feed.kind === 'search' ? feed.query : ''}`;
}

type Facts = NonNullable<ExplainedPost['facts']>;

function ageOf(sortAtMs: number, asOfMs: number): string {
  return asOfMs < sortAtMs ? `-${lasting(sortAtMs - asOfMs)}` : lasting(asOfMs - sortAtMs);
}

/** The rules about a post's place beside others: its likes, its author's share, the feed's size. */
export function placeRules(explained: ExplainedPost, feed: QueriedFeed): RuleResult[] {
  const { score, hasEnough, placeOfAuthor, isBehindLast, facts } = explained;
  const results: RuleResult[] = [];
  if ('minimumLikes' in feed) {
    const isPassed = facts === undefined ? {} : { isPassed: hasEnough };
    const detail = `accounts that like it: ${score?.likes ?? 'unknown'}, the feed wants ${feed.minimumLikes}`;
    results.push({ rule: 'minimum likes', ...isPassed, detail });
  }
  const isReached = explained.isKept && explained.broken.length === 0 && hasEnough;
  if (feed.perAuthor !== undefined) {
    const isPassed = placeOfAuthor === undefined ? {} : { isPassed: placeOfAuthor <= feed.perAuthor };
    const place = placeOfAuthor === undefined ? 'not among' : `number ${placeOfAuthor} of`;
    results.push({
      rule: 'author share',
      ...isPassed,
      detail: `${place} its author's posts, at most ${feed.perAuthor}`,
    });
  }
  const detail = isBehindLast
    ? `it comes after the last of the feed's ${feed.size} posts`
    : `the feed has ${feed.size} places`;
  results.push({ rule: 'size', ...(isReached && { isPassed: !isBehindLast }), detail });
  return results;
}
