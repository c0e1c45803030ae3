import { parseArgs } from 'node:util';
import { numbersOf } from './world/command-line.ts';
import { isSound, verifyWorld } from './world/verify.ts';

// `pnpm verify:world --seed N --events 200000 [--kills 24] [--hostile 0.5] [--accounts 2000] [--shards 1]`: exit code 0 only when every table is as the truth says.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    events: { type: 'string', default: '200000' },
    kills: { type: 'string', default: '24' },
    hostile: { type: 'string', default: '0.5' },
    accounts: { type: 'string', default: '2000' },
    shards: { type: 'string', default: '1' },
  },
});
const { kills, ...numbers } = numbersOf(values);
const verdict = await verifyWorld({
  ...numbers,
  minKills: kills,
  onProgress: (line) => process.stderr.write(`${line}\n`),
});
const { examples, ...figures } = verdict;
for (const example of examples) process.stderr.write(`${example}\n`);
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exitCode = isSound(verdict) ? 0 : 1;
