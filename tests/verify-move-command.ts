import { parseCommandLine, SetupError } from '@updraft/service';
import { verifyMove } from './world/move.ts';
import { isSound } from './world/verify.ts';

const USAGE = `usage: pnpm verify:move --old CHECKOUT [--events 5000000] [--seed 1]
  A store that an earlier checkout (with its dependencies installed) wrote moves over while that checkout's indexer goes on and the migration
  and ClickHouse are killed. Exit code 0 only when every table is as the truth says afterwards.`;

try {
  const text = { type: 'string' } as const;
  const { values } = parseCommandLine({
    args: process.argv.slice(2),
    options: { old: text, events: text, seed: text },
  });
  const { old, events = '5000000', seed = '1' } = values;
  if (typeof old !== 'string') throw new SetupError('--old: which checkout?');
  const onProgress = (line: string) => process.stderr.write(`${line}\n`);
  const verdict = await verifyMove({ old, events: Number(events), seed: Number(seed), onProgress });
  for (const example of verdict.examples) process.stderr.write(`${example}\n`);
  const { examples: _, ...figures } = verdict;
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exitCode = isSound(verdict) ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n${USAGE}\n`);
  process.exitCode = 2;
}
