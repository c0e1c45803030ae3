import { frequencyOf, VOCABULARY } from './fill-posts.ts';

/** A kind of query; `make` gives a random one. */
export interface QueryKind {
  readonly name: string;
  make(random: () => number): string;
}

/** How many posts fill a page. */
const PAGE = 25;

/** The kinds of queries; the figures of the first one are reported. */
export function queryKinds(postsPerDay: number, totalPosts: number): QueryKind[] {
  const word = (random: () => number, from = 1, to = VOCABULARY) => Math.floor(from * (to / from) ** random());
  const pair = (random: () => number, fits: (bothPerDay: number) => boolean): string => {
    for (;;) {
      const [a, b] = [word(random, 3), word(random, 3)];
      if (a !== b && fits(frequencyOf(a) * frequencyOf(b) * postsPerDay)) return `w${a} w${b}`;
    }
  };
  return [
    {
      name: 'two words, the page full within 10 days',
      make: (random) => pair(random, (perDay) => perDay * 5 > PAGE * 1.5),
    },
    { name: 'two words, the page full within a day', make: (random) => pair(random, (perDay) => perDay > PAGE * 2) },
    {
      name: 'two words, the page never full',
      make: (random) => pair(random, (perDay) => (perDay / postsPerDay) * totalPosts < PAGE / 2),
    },
    { name: 'one word', make: (random) => `w${word(random)}` },
    { name: 'a phrase of two frequent words', make: (random) => `"w${word(random, 1, 30)} w${word(random, 1, 30)}"` },
    { name: 'a word and an exclusion', make: (random) => `w${word(random, 3, 3_000)} -w${word(random, 1, 100)}` },
    { name: 'a word, lang: and has:media', make: (random) => `w${word(random, 3, 3_000)} lang:en has:media` },
  ];
}
