import { verifyReaders } from './readers/verify.ts';
import { readNumbers } from './world/command-line.ts';

const numbers = readNumbers(
  `pnpm verify:readers [--seed 1] [--acts 400] [--forged 1000000]
  Simulated readers read feeds and send back what they did, also twice, for pages of others and with made-up names. Exit code 0 only when
  /stats/feeds says what they did, by day, variant and position.`,
  { seed: 1, acts: 400, forged: 1_000_000 },
);
const { examples, ...figures } = await verifyReaders(numbers);
for (const example of examples) process.stderr.write(`${example}\n`);
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exit(figures.mismatched === 0 ? 0 : 1);
