import type { PostStanding, StandingLabel } from '@updraft/store';
import { nameOf, type QueriedFeed } from './feed.ts';

/** What nothing that recommends posts to everybody should show. */
export const NOT_RECOMMENDED: readonly string[] = [
  'porn',
  'sexual',
  'nudity',
  'graphic-media',
  'spam',
  '!hide',
  '!takedown',
];

/** Why a feed leaves a post out. */
export type LeftOut =
  | { readonly rule: 'hidden'; readonly feed: string }
  | { readonly rule: 'excluded label'; readonly label: StandingLabel }
  | { readonly rule: 'required label'; readonly values: readonly string[] }
  | { readonly rule: 'opted out' }
  | { readonly rule: 'bot'; readonly label: StandingLabel };

/** The rules of a feed that concern labels, hosts' hides and what accounts ask for; undefined when the post may stay. */
export function leftOutBy(feed: ModeratedFeed, standing: PostStanding): LeftOut | undefined {
  const hidden = standing.hiddenFrom.find((name) => name === '' || name === nameOf(feed));
  if (hidden !== undefined) return { rule: 'hidden', feed: hidden };
  const excluded = standing.labels.find(({ val }) => feed.labels.exclude.includes(val));
  if (excluded !== undefined) return { rule: 'excluded label', label: excluded };
  const bot = feed.bots ? undefined : standing.labels.find(({ val, on }) => val === 'bot' && on !== 'post');
  if (bot !== undefined) return { rule: 'bot', label: bot };
  if (feed.recommendableOnly && standing.isOptedOut) return { rule: 'opted out' };
  const { require } = feed.labels;
  if (require.length > 0 && !standing.labels.some(({ val }) => require.includes(val)))
    return { rule: 'required label', values: require };
  return undefined;
}

export type ModeratedFeed = Pick<QueriedFeed, 'alias' | 'variant' | 'labels' | 'recommendableOnly' | 'bots'>;

/** The labels that some feed asks for. */
export function labelsOf(feeds: readonly ModeratedFeed[]): string[] {
  const named = feeds.flatMap(({ labels, bots }) => [...labels.exclude, ...labels.require, ...(bots ? [] : ['bot'])]);
  return [...new Set(named)];
}
