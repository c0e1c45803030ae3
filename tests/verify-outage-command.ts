import { parseArgs } from 'node:util';
import { verifyOutage } from './world/outage.ts';

// `pnpm verify:outage [--seconds 180] [--rate 2000] [--seed 1]`: ClickHouse is away while so many events a second come. Exit code 0 only when every
// table is as the truth says afterwards.
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '180' },
    rate: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
});
const verdict = await verifyOutage({
  seconds: Number(values.seconds),
  rate: Number(values.rate),
  seed: Number(values.seed),
  onProgress: (line) => process.stderr.write(`${line}\n`),
});
for (const example of verdict.examples) process.stderr.write(`${example}\n`);
const { examples: _, ...figures } = verdict;
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exitCode = figures.lost + figures.doubled + figures.mismatched + figures.gaps === 0 ? 0 : 1;
