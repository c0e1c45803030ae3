import { readNumbers } from './world/command-line.ts';
import { verifyOutage } from './world/outage.ts';
import { isSound } from './world/verify.ts';

const numbers = readNumbers(
  `pnpm verify:outage [--seconds 180] [--rate 2000] [--seed 1]
  ClickHouse is away while so many events a second come. Exit code 0 only when every table is as the truth says afterwards.`,
  { seconds: 180, rate: 2_000, seed: 1 },
);
const verdict = await verifyOutage({
  ...numbers,
  onProgress: (line) => process.stderr.write(`${line}\n`),
});
for (const example of verdict.examples) process.stderr.write(`${example}\n`);
const { examples: _, ...figures } = verdict;
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exitCode = isSound(verdict) ? 0 : 1;
