import { type BuildProgram, runProgram, wholeNumber } from '@updraft/command';
import { verifyMove } from './world/move.ts';
import { isSound } from './world/verify.ts';

let isFaulty = false;
const build: BuildProgram = (program, { out, note }) => {
  program
    .description(
      "A store that an earlier checkout (with its dependencies installed) wrote moves over while that checkout's indexer goes on and the migration and ClickHouse are killed. Exit code 0 only when every table is as the truth says afterwards.",
    )
    .requiredOption('--old <checkout>', 'which checkout wrote the store')
    .option('--events <number>', '', wholeNumber(1), 500_000)
    .option('--seed <number>', '', wholeNumber(0), 1)
    .action(async (options) => {
      const { examples, ...figures } = await verifyMove({ ...options, onProgress: note });
      for (const example of examples) note(example);
      out(JSON.stringify(figures));
      isFaulty = !isSound(figures);
    });
};

const code = await runProgram('pnpm verify:move', build, process);
process.exitCode = isFaulty ? 1 : code;
