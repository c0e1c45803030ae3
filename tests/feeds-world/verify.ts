import { setTimeout as delay } from 'node:timers/promises';
import { createDice } from '../world/dice.ts';
import { type FeedsStage, startFeedsStage } from './stage.ts';
import { expectedFeed, FEEDS, type FeedName } from './truth.ts';
import { createFeedsWorld, type FeedsWorld } from './world.ts';

export interface FeedsVerdict {
  readonly seed: number;
  readonly feeds: number;
  readonly moments: number;
  readonly kills: number;
  /** Posts that feeds showed, over all moments. */
  readonly posts: number;
  /** Feeds that were not as they should be within 30 s, over all moments. */
  readonly mismatched: number;
  readonly examples: readonly string[];
}

export interface FeedsRun {
  readonly seed: number;
  readonly moments: number;
  /** One kill in so many moments; default 5. */
  readonly killEvery?: number;
  readonly onProgress?: (line: string) => void;
}

/** What reaches a live build at the latest. */
const WITHIN_MS = 30_000;
const ACTS_A_MOMENT = 40;
const KILL_EVERY = 5;

/**
 * Lets a small world post, like, label, hide, join and leave, kills the labeler and the feed generator now and then, and holds each feed
 * against the world at each moment.
 */
export async function verifyFeeds({
  seed,
  moments,
  killEvery = KILL_EVERY,
  onProgress = () => {},
}: FeedsRun): Promise<FeedsVerdict> {
  const dice = createDice(seed);
  const world = createFeedsWorld(dice, 40);
  await using stage = await startFeedsStage();
  const examples: string[] = [];
  let [posts, kills, mismatched] = [0, 0, 0];
  for (let moment = 1; moment <= moments; moment++) {
    for (let act = 0; act < ACTS_A_MOMENT; act++) await stage.tell(world.act());
    if (moment % killEvery === 0) {
      await stage.kill(kills % 2 === 0 ? 'labeler' : 'feedgen');
      kills += 1;
    }
    for (const name of Object.keys(FEEDS) as FeedName[]) {
      const { shown, difference } = await compare(stage, world, name);
      posts += shown;
      if (difference === undefined) continue;
      mismatched += 1;
      examples.push(`moment ${moment}, ${name}: ${difference}`);
      onProgress(examples.at(-1) ?? '');
    }
    onProgress(`moment ${moment} of ${moments}, ${mismatched} mismatched`);
  }
  return { seed, feeds: Object.keys(FEEDS).length, moments, kills, posts, mismatched, examples };
}

/** Reads the feed until it is as the world says for the moment of its build. */
async function compare(stage: FeedsStage, world: FeedsWorld, name: FeedName) {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const { asOfMs, uris } = await stage.read(name);
    const expected = expectedFeed(world, name, asOfMs);
    const difference = differenceOf(uris, expected);
    if (difference === undefined || Date.now() > deadline) return { shown: uris.length, difference };
    await delay(200);
  }
}

function differenceOf(found: readonly string[], expected: readonly string[]): string | undefined {
  if (found.join() === expected.join()) return undefined;
  const missing = expected.filter((uri) => !found.includes(uri));
  const extra = found.filter((uri) => !expected.includes(uri));
  if (missing.length + extra.length === 0) return 'another order';
  return `missing ${missing.join(' ') || 'none'}, too much ${extra.join(' ') || 'none'}`;
}
