import { readNumbers } from './world/command-line.ts';
import { verifySince } from './world/since.ts';
import { isSound } from './world/verify.ts';

const numbers = readNumbers(
  `pnpm verify:since [--events 5000000] [--kills 5] [--seed 1] [--accounts 50000] [--hostile 0.1]
  A new store with SINCE=7d reads a simulated week out of the archive, then the live stream, and is killed on its way.
  Exit code 0 only when every table is as the truth says.`,
  { events: 5_000_000, kills: 5, seed: 1, accounts: 50_000, hostile: 0.1 },
);
const verdict = await verifySince({ ...numbers, onProgress: (line) => process.stderr.write(`${line}\n`) });
const { examples, ...figures } = verdict;
for (const example of examples) process.stderr.write(`${example}\n`);
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exitCode = isSound(verdict) ? 0 : 1;
