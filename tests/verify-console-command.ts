import { type BuildProgram, runProgram, wholeNumber } from '@updraft/command';

let isFaulty = false;
const build: BuildProgram = (program, { out, note }) => {
  program
    .description(
      'People use the console in a real Chromium against the running system, a real PDS and its OAuth server. Exit code 0 only when every check holds.',
    )
    .option('--seed <number>', 'of the simulated network', wholeNumber(0), 1)
    .option('--events <number>', 'of its day', wholeNumber(1), 50_000)
    .option('--members <number>', 'of a feed whose page of them is scrolled', wholeNumber(1), 50_000)
    .option('--screenshots <folder>', 'where pictures of all pages go')
    .action(async (options) => {
      const { verifyConsole } = await import('./browser/verify.ts'); // and with it a PDS: not for those who only ask for the usage
      const { faults, ...figures } = await verifyConsole({ ...options, onProgress: note });
      const { pages, checks, ...rest } = figures;
      out(JSON.stringify({ pages, checks, failed: faults.length, ...rest }));
      isFaulty = faults.length > 0;
    });
};

const code = await runProgram('pnpm verify:console', build, process);
process.exit(isFaulty ? 1 : code);
