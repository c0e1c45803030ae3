import { verifySeen } from './seen-world/verify.ts';
import { readNumbers } from './world/command-line.ts';

const numbers = readNumbers(
  `pnpm verify:seen [--seed 1] [--readers 40] [--acts 20]
  Readers of feeds with hideSeen at two feed generators, for a week of simulated days with so many acts of each; instances are restarted, and
  Redis is emptied once. Exit code 0 only when nobody met a post twice and each page was a slice of its build.`,
  { seed: 1, readers: 40, acts: 20 },
);
const { examples, ...figures } = await verifySeen({
  ...numbers,
  onProgress: (line) => process.stderr.write(`${line}\n`),
});
for (const example of examples.slice(0, 5)) process.stderr.write(`${example}\n`);
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exit(figures.twice + figures.brokenSlices === 0 ? 0 : 1);
