import { readOptions } from './world/command-line.ts';
import { isSound, verifyWorld } from './world/verify.ts';

const { kills, ...options } = readOptions(
  `pnpm verify:world [--protocol v1] [--seed 1] [--events 200000] [--kills 24] [--hostile 0.5] [--accounts 2000] [--shards 1]
  The indexer under a hostile world and kills. With --protocol v2 repositories diverge, and hosts of both protocols are read.
  Exit code 0 only when every table is as the truth says.`,
  { seed: 1, events: 200_000, kills: 24, hostile: 0.5, accounts: 2_000, shards: 1 },
  { protocol: ['v1', 'v2'] as const },
);
const verdict = await verifyWorld({
  ...options,
  minKills: kills,
  onProgress: (line) => process.stderr.write(`${line}\n`),
});
const { examples, ...figures } = verdict;
for (const example of examples) process.stderr.write(`${example}\n`);
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exitCode = isSound(verdict) ? 0 : 1;
