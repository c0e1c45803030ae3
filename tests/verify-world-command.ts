import { parseArgs } from 'node:util';
import { isSound, verifyWorld } from './world/verify.ts';

// `pnpm verify:world --seed N --events 200000 [--kills 24] [--hostile 0.5] [--accounts 2000]`: exit code 0 only when every table is as the truth says.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    events: { type: 'string', default: '200000' },
    kills: { type: 'string', default: '24' },
    hostile: { type: 'string', default: '0.5' },
    accounts: { type: 'string', default: '2000' },
  },
});
const number = (name: keyof typeof values): number => {
  const value = Number(values[name]);
  if (!Number.isFinite(value) || value < 0) {
    process.stderr.write(`--${name}: expected a number, got ${JSON.stringify(values[name])}\n`);
    process.exit(1);
  }
  return value;
};
const verdict = await verifyWorld({
  seed: number('seed'),
  events: number('events'),
  minKills: number('kills'),
  hostile: number('hostile'),
  accounts: number('accounts'),
  onProgress: (line) => process.stderr.write(`${line}\n`),
});
const { examples, ...figures } = verdict;
for (const example of examples) process.stderr.write(`${example}\n`);
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exitCode = isSound(verdict) ? 0 : 1;
