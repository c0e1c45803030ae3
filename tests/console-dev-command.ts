import { type BuildProgram, runProgram, wholeNumber } from '@updraft/command';

const build: BuildProgram = (program, { out }) => {
  program
    .description(
      'Runs the console with people whom you can sign in as: an operator, a host, a moderator and others, on a real PDS beside a simulated network. A changed page is bundled again. Until Ctrl-C; nothing is kept.',
    )
    .option('--seed <number>', 'of the simulated network', wholeNumber(0), 1)
    .option('--events <number>', 'of its past', wholeNumber(1), 20_000)
    .option('--days <number>', 'over which they happened', wholeNumber(1), 7)
    .option('--rate <number>', 'events per second from now on', wholeNumber(0), 20)
    .action(async (options) => {
      const { runForDevelopment } = await import('./browser/development.ts'); // and with it a PDS: not for those who only ask for the usage
      await runForDevelopment({ ...options, say: out, stopping: untilStopped() });
    });
};

/** Ctrl-C reaches this process more than once: from the terminal, and from npm. */
function untilStopped(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  return stopping.signal;
}

process.exit(await runProgram('npm run console:dev --', build, process));
