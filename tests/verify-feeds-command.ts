import { verifyFeeds } from './feeds-world/verify.ts';
import { readNumbers } from './world/command-line.ts';

const numbers = readNumbers(
  `pnpm verify:feeds [--seed 1] [--moments 50]
  A small world with labels, hides, lists and members, whose labeler and feed generator are killed now and then. Exit code 0 only when each
  feed is as it should be at each moment.`,
  { seed: 1, moments: 50 },
);
const { examples: _, ...figures } = await verifyFeeds({
  ...numbers,
  onProgress: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exit(figures.mismatched === 0 ? 0 : 1);
