import type { FeedHide, PostStanding } from '@updraft/store';
import { nameOf } from '../feed.ts';
import { type LeftOut, leftOutBy, type ModeratedFeed } from '../moderation.ts';
import type { RuleResult } from './explanation.ts';

type Settings = Omit<ModeratedFeed, 'alias' | 'variant'>;

/** Takes every post. */
const OPEN: Settings = { labels: { exclude: [], require: [] }, recommendableOnly: false, bots: true };

/** Each rule of moderation.ts that the feed has, asked by itself. */
export function moderationRules(feed: ModeratedFeed, standing: PostStanding, hides: readonly FeedHide[]): RuleResult[] {
  const { exclude, require } = feed.labels;
  const rules: { rule: string; isOf: boolean; settings: Partial<Settings> }[] = [
    { rule: 'excluded labels', isOf: exclude.length > 0, settings: { labels: { exclude, require: [] } } },
    { rule: 'required labels', isOf: require.length > 0, settings: { labels: { exclude: [], require } } },
    { rule: 'bots', isOf: !feed.bots, settings: { bots: false } },
    { rule: 'recommendable', isOf: feed.recommendableOnly, settings: { recommendableOnly: true } },
  ];
  const unhidden = { ...standing, hiddenFrom: [] };
  return [
    ruleResult('hides', leftOutBy({ ...OPEN, alias: nameOf(feed) }, standing), hides),
    ...rules
      .filter(({ isOf }) => isOf)
      .map(({ rule, settings }) =>
        ruleResult(rule, leftOutBy({ ...OPEN, ...settings, alias: nameOf(feed) }, unhidden), hides),
      ),
  ];
}

/** The rule about hides alone. */
export function hidesRule(alias: string, hides: readonly FeedHide[]): RuleResult {
  const standing = { labels: [], isOptedOut: false, hiddenFrom: hides.map(({ feed }) => feed) };
  return ruleResult('hides', leftOutBy({ ...OPEN, alias }, standing), hides);
}

function ruleResult(rule: string, leftOut: LeftOut | undefined, hides: readonly FeedHide[]): RuleResult {
  const isPassed = leftOut === undefined;
  return { rule, isPassed, detail: isPassed ? 'nothing is held against it' : describe(leftOut, hides) };
}

function describe(leftOut: LeftOut, hides: readonly FeedHide[]): string {
  switch (leftOut.rule) {
    case 'hidden':
      return describeHide(leftOut.feed, hides);
    case 'required label':
      return `it has none of ${leftOut.values.join(', ')}`;
    case 'opted out':
      return 'its account asks not to be recommended';
    default: {
      const { val, src, on } = leftOut.label;
      return `the label ${val} on the ${on}, set by ${src}`;
    }
  }
}

function describeHide(feed: string, hides: readonly FeedHide[]): string {
  const from = feed === '' ? 'all feeds' : feed;
  const hide = hides.find((one) => one.feed === feed);
  if (hide === undefined) return `taken out of ${from}`;
  const { subject, reason, changedBy, version } = hide;
  const at = new Date(Math.floor(version / 1000)).toISOString();
  return `${subject} was taken out of ${from} by ${changedBy} on ${at}${reason === '' ? '' : `: ${reason}`}`;
}
