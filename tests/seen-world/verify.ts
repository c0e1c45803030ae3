import { createDice } from '../world/dice.ts';
import { createReader, type SimulatedReader, type Tally } from './reader.ts';
import { startSeenStage } from './stage.ts';

export interface SeenVerdict extends Readonly<Tally> {
  readonly seed: number;
  readonly readers: number;
  readonly days: number;
  readonly builds: number;
  readonly restarts: number;
  readonly flushes: number;
}

export interface SeenRun {
  readonly seed: number;
  readonly readers: number;
  /** Of each reader and day. */
  readonly acts: number;
  readonly onProgress?: (line: string) => void;
}

const DAYS = 7;
const DAY_MS = 86_400_000;
const POSTS_A_BUILD = 24;
const BUILDS_A_DAY = 4;
const RESTARTS = 4;

/**
 * Lets readers read for a week at two feed generators, while builds come and go, instances are restarted, and Redis is emptied once. Holds
 * each page against what its reader has seen.
 */
export async function verifySeen({ seed, readers, acts, onProgress = () => {} }: SeenRun): Promise<SeenVerdict> {
  const dice = createDice(seed);
  await using stage = await startSeenStage();
  const tally: Tally = {
    pages: 0,
    posts: 0,
    again: 0,
    peeks: 0,
    reports: 0,
    twice: 0,
    repeatsWithout: 0,
    brokenSlices: 0,
    examples: [],
  };
  const accounts = await Promise.all(Array.from({ length: readers }, (_, n) => stage.register(`reader${letters(n)}z`)));
  const crowd = accounts.map((account) => createReader(stage, account, dice, tally));
  const steps = readers * acts * DAYS;
  const isEvery = (step: number, times: number) =>
    Math.floor((step * times) / steps) > Math.floor(((step - 1) * times) / steps);
  let [builds, restarts, flushes] = [0, 0, 0];
  const post = async () => {
    await stage.post(POSTS_A_BUILD);
    builds += 1;
  };
  await post();
  for (let step = 1; step <= steps; step++) {
    stage.clock.nowMs += (DAYS * DAY_MS) / steps;
    if (isEvery(step, BUILDS_A_DAY * DAYS)) await post();
    if (isEvery(step, RESTARTS)) await stage.restart(restarts++);
    if (step === Math.floor(steps / 2)) {
      await stage.flush();
      for (const reader of crowd) reader.forget();
      flushes += 1;
    }
    await act(crowd[dice(readers)], dice(100));
    if (isEvery(step, DAYS))
      onProgress(
        `day ${Math.round((step * DAYS) / steps)} of ${DAYS}, ${JSON.stringify({ ...tally, examples: undefined })}`,
      );
  }
  return { seed, readers, days: DAYS, builds, restarts, flushes, ...tally };
}

async function act(reader: SimulatedReader | undefined, thrown: number): Promise<void> {
  if (thrown < 45) await reader?.goOn();
  else if (thrown < 70) await reader?.begin();
  else if (thrown < 85) await reader?.again();
  else if (thrown < 93) await reader?.peek();
  else await reader?.readElsewhere();
}

/** DIDs have no 0, 1, 8 and 9, and didOf() fills up with `a`. */
function letters(n: number): string {
  return String(n).replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '');
}
