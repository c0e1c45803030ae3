import {
  createExplain,
  type Explain,
  type Explanation,
  isQueried,
  keepForFeed,
  keepValidPosts,
  parseFeedsFile,
  type QueriedFeed,
  runFeedQuery,
} from '@updraft/feeds';
import type { ClickHouse } from '@updraft/store';
import { createDice } from '../world/dice.ts';
import { BROKEN, createRandomWorld, LABEL, type RandomWorld } from './random-world.ts';

export interface ExplainFigures {
  readonly pairs: number;
  /** Posts that the builds have. */
  readonly taken: number;
  /** How many posts broke each rule. */
  readonly broken: Readonly<Record<string, number>>;
  /** A line for each explanation that the build contradicts. */
  readonly mismatches: readonly string[];
}

const FEEDS = 8;
const MAX_PAIRS_A_STAGE = 400;
const AT_ONCE = 6;
/** The same for every run, so that a seed always gives the same world. */
const AS_OF_MS = Date.UTC(2026, 0, 15, 12, 34, 56);
type Dice = ReturnType<typeof createDice>;

/** Builds random feeds of a random world by their SQL, and compares each with what explain says of random posts. */
export async function verifyExplain(
  clickhouse: ClickHouse,
  { seed, pairs }: { seed: number; pairs: number },
): Promise<ExplainFigures> {
  const dice = createDice(seed);
  const world = createRandomWorld(clickhouse, dice, AS_OF_MS);
  const figures = { pairs: 0, taken: 0, broken: {} as Record<string, number>, mismatches: new Array<string>() };
  while (figures.pairs < pairs) {
    await world.grow(60);
    const share = Math.ceil(Math.min(MAX_PAIRS_A_STAGE, pairs / 3) / FEEDS);
    for (const feed of randomFeeds(dice)) {
      const { uris, explain } = await buildFeed(clickhouse, world, feed);
      const chosen = Array.from({ length: share }, () => someUri(dice(2) === 0 ? uris : world.uris, dice));
      const explained = await explainAll(explain, feed, chosen);
      for (const one of explained) compare(figures, feed, uris, one);
    }
  }
  return figures;
}

/** Builds a feed, and gives what explains its posts. */
async function buildFeed(clickhouse: ClickHouse, { standings }: RandomWorld, feed: QueriedFeed) {
  const areValid = async (all: readonly string[]) => all.map((record) => !record.includes(BROKEN));
  const deps = { keepValid: keepValidPosts(clickhouse, areValid), standings: async () => standings };
  const queryDeps = { clickhouse, builtPosts: () => undefined, needAccount: async () => {} };
  const uris = await runFeedQuery(queryDeps, feed, AS_OF_MS, keepForFeed(deps, feed));
  const currentBuild = async () => ({ id: 'b', asOfMs: AS_OF_MS, uris });
  return { uris, explain: createExplain({ ...deps, clickhouse, currentBuild, isCut: async () => false }) };
}

async function explainAll(explain: Explain, feed: QueriedFeed, chosen: readonly string[]) {
  const explained: Explanation[] = [];
  for (let start = 0; start < chosen.length; start += AT_ONCE) {
    const some = chosen.slice(start, start + AT_ONCE).map((uri) => explain(feed, uri, AS_OF_MS));
    explained.push(...(await Promise.all(some)));
  }
  return explained;
}

interface Tally {
  pairs: number;
  taken: number;
  readonly broken: Record<string, number>;
  readonly mismatches: string[];
}

function compare(figures: Tally, feed: QueriedFeed, build: readonly string[], explained: Explanation): void {
  const place = build.indexOf(explained.uri) + 1;
  figures.pairs += 1;
  figures.taken += Number(place > 0);
  for (const { rule, isPassed } of explained.rules)
    if (isPassed === false) figures.broken[rule] = (figures.broken[rule] ?? 0) + 1;
  const says = { isTaken: explained.isTaken, place: explained.build?.place ?? 0 };
  if (says.isTaken !== place > 0 || says.place !== place)
    figures.mismatches.push(JSON.stringify({ place, ...explained, feed }));
}

/** Now and then one of nothing. */
function someUri(uris: readonly string[], dice: Dice): string {
  const uri = uris[dice(uris.length)] ?? 'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3l3frqadlo32h';
  return dice(25) === 0 ? `${uri.slice(0, -3)}222` : uri;
}

function randomFeeds(dice: Dice): QueriedFeed[] {
  const feeds = Object.fromEntries(Array.from({ length: FEEDS }, (_, n) => [`feed${n}`, randomFeed(dice)]));
  return [...parseFeedsFile(JSON.stringify({ feeds }), 'feeds.yaml').feeds.values()].filter(isQueried);
}

function randomFeed(dice: Dice): object {
  const maybe = <T>(chance: number, value: () => T, name: string) => (dice(chance) === 0 ? { [name]: value() } : {});
  const filter = {
    window: `${1 + dice(70)}h`,
    size: 1 + dice(dice(2) === 0 ? 20 : 400),
    replies: dice(2) === 0,
    validOnly: dice(2) === 0,
    ...maybe(6, () => true, 'mediaOnly'),
    ...maybe(3, () => ['en', 'pt'], 'languages'),
    ...maybe(2, () => 1 + dice(3), 'perAuthor'),
    ...maybe(
      2,
      () => ({ exclude: dice(2) === 0 ? ['porn', 'spam'] : [], require: dice(6) === 0 ? ['art'] : [] }),
      'labels',
    ),
    ...maybe(2, () => dice(2) === 0, 'recommendableOnly'),
    ...maybe(3, () => false, 'bots'),
  };
  if (dice(3) === 0) return { kind: 'author-label', label: LABEL, ...filter };
  const ranking = {
    ...filter,
    minimumLikes: 1 + dice(3),
    minimumAge: `${dice(30)}m`,
    weights: { likes: 1 + dice(3), reposts: dice(3), replies: dice(2) },
  };
  return dice(2) === 0 ? { kind: 'top', ...ranking } : { kind: 'hot', gravity: dice(30) / 10, ...ranking };
}
