import { type ClickHouse, type FeedHide, readHides } from '@updraft/store';
import { type Feed, nameOf } from '../feed.ts';
import { isPinnedAt } from '../pins.ts';
import type { RuleResult } from './explanation.ts';
import { hidesRule } from './moderation-rules.ts';

/** The posts that the operator chose. */
export interface Chosen {
  readonly rule: string;
  readonly posts: readonly string[];
}

/** Of a feed with a query: the posts at its top at that moment. */
export function chosenOf(feed: Feed, atMs: number): Chosen {
  if (feed.kind === 'static') return { rule: 'listed', posts: feed.posts };
  return { rule: 'pinned', posts: feed.pinned.filter((pin) => isPinnedAt(pin, atMs)).map(({ post }) => post) };
}

/** Nothing but a host's hide takes out what the feeds file names. */
export async function explainChosen(clickhouse: ClickHouse, feed: Feed, { rule, posts }: Chosen, uri: string) {
  const isNamed = posts.includes(uri);
  const place = isNamed ? `number ${posts.indexOf(uri) + 1} of ${posts.length}` : `not one of ${posts.length}`;
  const hides = isNamed ? [hidesRule(nameOf(feed), await hidesOf(clickhouse, uri))] : [];
  const rules: RuleResult[] = [{ rule, isPassed: isNamed, detail: place }, ...hides];
  const hidden = hides.find(({ isPassed }) => isPassed === false);
  const because = isNamed ? 'the feeds file names it' : 'the feeds file does not name it';
  return {
    isShown: isNamed && hidden === undefined,
    isTaken: isNamed,
    because: hidden === undefined ? because : `${hidden.rule}: ${hidden.detail}`,
    rules,
  };
}

/** The hides that concern a post or its account, of any feed. */
export async function hidesOf(clickhouse: ClickHouse, uri: string): Promise<FeedHide[]> {
  const did = uri.split('/')[2];
  return (await readHides(clickhouse)).filter(({ subject }) => subject === uri || subject === did);
}
