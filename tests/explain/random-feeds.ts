import { isQueried, parseFeedsFile, type QueriedFeed } from '@updraft/feeds';
import type { createDice } from '../world/dice.ts';
import { AUTHORS, LABEL, LIST } from './random-world.ts';

type Dice = ReturnType<typeof createDice>;

const FEEDS = 9;
const QUERIES = [
  'kelp',
  'kelp -moss',
  '"kelp moss"',
  'fern lang:en',
  'moss has:media',
  `kelp -from:${AUTHORS[0] ?? ''}`,
];

/** A feed of each kind and some more, with settings at random. A union comes last, and is of feeds before it. */
export function randomFeeds(dice: Dice): QueriedFeed[] {
  const feeds = Object.fromEntries(Array.from({ length: FEEDS }, (_, n) => [`feed${n}`, randomFeed(dice, n)]));
  return [...parseFeedsFile(JSON.stringify({ feeds }), 'feeds.yaml').feeds.values()].filter(isQueried);
}

const maybe = <T>(dice: Dice, chance: number, name: string, value: () => T) =>
  dice(chance) === 0 ? { [name]: value() } : {};

function randomFeed(dice: Dice, n: number): object {
  const filter = randomFilter(dice);
  if (n === FEEDS - 1) {
    const order = dice(2) === 0 ? 'newest' : 'interleaved';
    return { kind: 'union', ...filter, order, feeds: [`feed${dice(4)}`, `feed${4 + dice(4)}`] };
  }
  if (n === 0) return { kind: 'author-label', label: LABEL, ...filter };
  if (n === 1) return { kind: 'list', list: LIST, ...filter };
  const ranking = {
    minimumLikes: 1 + dice(3),
    minimumAge: `${dice(30)}m`,
    weights: { likes: 1 + dice(3), reposts: dice(3), replies: dice(2) },
  };
  const gravity = dice(30) / 10;
  if (n <= 4) return randomSearch(dice, filter, { ...ranking, gravity });
  return dice(2) === 0 ? { kind: 'top', ...filter, ...ranking } : { kind: 'hot', ...filter, ...ranking, gravity };
}

function randomFilter(dice: Dice): object {
  return {
    window: `${1 + dice(70)}h`,
    size: 1 + dice(dice(2) === 0 ? 20 : 400),
    replies: dice(2) === 0,
    validOnly: dice(2) === 0,
    ...maybe(dice, 6, 'mediaOnly', () => true),
    ...maybe(dice, 3, 'languages', () => ['en', 'pt']),
    ...maybe(dice, 2, 'perAuthor', () => 1 + dice(3)),
    ...maybe(dice, 2, 'labels', () => ({
      exclude: dice(2) === 0 ? ['porn', 'spam'] : [],
      require: dice(6) === 0 ? ['art'] : [],
    })),
    ...maybe(dice, 2, 'recommendableOnly', () => dice(2) === 0),
    ...maybe(dice, 3, 'bots', () => false),
  };
}

function randomSearch(dice: Dice, filter: object, ranking: object): object {
  const search = {
    kind: 'search',
    query: QUERIES[dice(QUERIES.length)],
    ...filter,
    ...maybe(dice, 3, 'authors', () => LABEL),
    ...maybe(dice, 4, 'pattern', () => 'o.*f'),
  };
  return dice(2) === 0 ? { ...search, order: 'newest' } : { ...search, order: 'hot', ...ranking };
}
