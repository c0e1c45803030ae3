import { isQueried, parseFeedsFile, type QueriedFeed } from '@updraft/feeds';
import { DOMAINS, TAGS, VOCABULARY } from '../search/fill-posts.ts';

/** A kind of search feed; `make` gives a random one. */
export interface FeedKind {
  /** Of the figures. */
  readonly name: string;
  readonly about: string;
  readonly make: () => QueriedFeed;
}

/** The label of the authors of one kind. */
export const AUTHORS = 'bench';

/** Each newest first, and in order hot. */
export function feedKinds(): FeedKind[] {
  return QUERIES.flatMap(({ name, about, query, settings = '' }) =>
    ORDERS.map(({ suffix, order }) => ({
      name: `${name}${suffix}`,
      about: `${about}, ${order}`,
      make: () => feedOf(`query: '${query()}', order: ${order}${settings}`),
    })),
  );
}

const ORDERS = [
  { suffix: '', order: 'newest' },
  { suffix: 'Hot', order: 'hot' },
] as const;

interface Query {
  readonly name: string;
  readonly about: string;
  readonly query: () => string;
  readonly settings?: string;
}

/** A number from `from` to below `to`, each as often as ten times the number. */
const upTo = (to: number, from = 1): number => Math.floor(from * (to / from) ** Math.random());
const word = (to: number, from = 1): string => `w${upTo(to, from)}`;

const QUERIES: readonly Query[] = [
  { name: 'rareWord', about: 'a rare word', query: () => word(VOCABULARY, 5_000) },
  { name: 'word', about: 'a frequent word', query: () => word(100) },
  { name: 'tenWords', about: 'ten frequent words', query: () => words(10, 30).join(' ') },
  { name: 'tag', about: 'a tag', query: () => `#t${upTo(TAGS)}` },
  { name: 'phrase', about: 'a phrase of two frequent words', query: () => `"${word(30)} ${word(30)}"` },
  { name: 'domain', about: 'a domain', query: () => `domain:d${upTo(DOMAINS)}.example` },
  {
    name: 'authors',
    about: 'a frequent word of some authors',
    query: () => word(100),
    settings: `, authors: ${AUTHORS}`,
  },
];

function words(count: number, to: number): string[] {
  const chosen = new Set<string>();
  while (chosen.size < count) chosen.add(word(to));
  return [...chosen];
}

/** With the settings that a feed has by default. */
function feedOf(settings: string): QueriedFeed {
  const file = parseFeedsFile(`feeds:\n  bench: { kind: search, ${settings} }\n`, 'bench');
  const feed = file.feeds.get('bench');
  if (feed === undefined || !isQueried(feed)) throw new Error('the bench has a feed without a query');
  return feed;
}
