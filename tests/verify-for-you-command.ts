import { effortOf } from '@updraft/recommender';
import { evaluateForYou } from './for-you/evaluate.ts';
import { createTasteWorld } from './for-you/world.ts';
import { readNumbers } from './world/command-line.ts';

const { seed, accounts, likes } = readNumbers(
  `pnpm verify:for-you [--seed 1] [--accounts 5000] [--likes 150000]
  Holds back what the accounts of a world of communities like in the last hours of a day, and tells which share of them finds one of it among the
  first fifty posts: of for-you, with its full and with a tenth of its effort, of what is liked most, and of chance. Exit code 0 only when for-you finds clearly more.`,
  { seed: 1, accounts: 5_000, likes: 150_000 },
);
const world = createTasteWorld({
  seed,
  accounts,
  likes,
  communities: Math.ceil(accounts / 80),
  posts: Math.ceil(likes * 0.08),
});
const full = evaluateForYou(world);
const { forYou: simpler } = evaluateForYou(world, { effort: effortOf(0.1) });
const { forYou, popularity, random } = full;
const isClear =
  forYou.hitRate > 1.3 * popularity.hitRate &&
  simpler.hitRate > popularity.hitRate &&
  popularity.hitRate > random.hitRate;
process.stdout.write(
  `${JSON.stringify({ seed, ...full, simpler, timesPopularity: Math.round((100 * forYou.hitRate) / popularity.hitRate) / 100 })}\n`,
);
process.exit(isClear ? 0 : 1);
