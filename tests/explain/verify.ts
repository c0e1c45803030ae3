import {
  createExplain,
  type Explain,
  type Explanation,
  keepForFeed,
  keepValidPosts,
  type QueriedFeed,
  runFeedQuery,
} from '@updraft/feeds';
import type { ClickHouse } from '@updraft/store';
import { createDice } from '../world/dice.ts';
import { randomFeeds } from './random-feeds.ts';
import { BROKEN, createRandomWorld, type RandomWorld } from './random-world.ts';

export interface ExplainFigures {
  readonly pairs: number;
  /** Posts that the builds have. */
  readonly taken: number;
  /** How many posts broke each rule. */
  readonly broken: Readonly<Record<string, number>>;
  /** A line for each explanation that the build contradicts. */
  readonly mismatches: readonly string[];
}

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
    const feeds = randomFeeds(dice);
    const share = Math.ceil(Math.min(MAX_PAIRS_A_STAGE, pairs / 3) / feeds.length);
    const builds = new Map<string, readonly string[]>();
    for (const feed of feeds) {
      const { uris, explain } = await buildFeed(clickhouse, world, feed, builds);
      const chosen = Array.from({ length: share }, () => someUri(dice(2) === 0 ? uris : world.uris, dice));
      const explained = await explainAll(explain, feed, chosen);
      for (const one of explained) compare(figures, feed, uris, one);
    }
  }
  return figures;
}

/** Builds a feed, and gives what explains its posts. A union comes after its parts. */
async function buildFeed(
  clickhouse: ClickHouse,
  { standings }: RandomWorld,
  feed: QueriedFeed,
  builds: Map<string, readonly string[]>,
) {
  const areValid = async (all: readonly string[]) => all.map((record) => !record.includes(BROKEN));
  const deps = { keepValid: keepValidPosts(clickhouse, areValid), standings: async () => standings };
  const queryDeps = { clickhouse, builtPosts: (alias: string) => builds.get(alias), needAccount: async () => {} };
  const uris = await runFeedQuery(queryDeps, feed, AS_OF_MS, keepForFeed(deps, feed));
  builds.set(feed.alias, uris);
  const currentBuild = async (alias: string) => ({ id: 'b', asOfMs: AS_OF_MS, uris: builds.get(alias) ?? [] });
  const personal = { current: async () => undefined, make: async () => [], hasSeen: async () => undefined };
  return { uris, explain: createExplain({ ...deps, clickhouse, currentBuild, isCut: async () => false, personal }) };
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
