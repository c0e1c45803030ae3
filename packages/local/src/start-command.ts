// `npm start`, once its dependencies are there: reads the command line (plan/options.ts) and runs everything (start/start.ts).
// What this package holds, in the order in which a start goes through it:
//   plan/         decides what runs: options and environment in, a plan out
//   data-folder/  who may use the folder, and what lies in it beside the databases
//   supervision/  starts the parts in order, keeps them running, stops them
//   clickhouse/   ClickHouse's server, and what stands before it
//   redis/        redis-server
//   process/      one process of the system: start, end, identity, memory, ports
//   screen/       what a person sees of all that
//   start/        puts these together
import { resolve } from 'node:path';
import { SetupError } from '@updraft/service';
import { parseStartOptions, type StartOptions, startHelp } from './plan/options.ts';
import { createShow } from './screen/show.ts';
import { runLocally } from './start/start.ts';
import { onStopSignals } from './start/stop-signals.ts';

const { env } = process;

try {
  const options = parseStartOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(startHelp());
  else await run(withWholePaths(options));
  process.exit(0);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exit(1);
}

async function run(options: StartOptions): Promise<void> {
  const stopping = new AbortController();
  const killing = new AbortController();
  onStopSignals(
    () => stopping.abort(),
    () => killing.abort(),
  );
  process.stdout.on('error', () => stopping.abort()); // whoever read our lines is gone
  await runLocally({
    options,
    env,
    show: createShow(process.stdout),
    stopping: stopping.signal,
    killing: killing.signal,
  });
}

/** npm runs scripts in the project's folder: a relative path means the folder in which it was called. */
function withWholePaths(options: StartOptions): StartOptions {
  const from = env['INIT_CWD'] ?? process.cwd();
  const whole = (path: string | undefined) => (path === undefined ? undefined : resolve(from, path));
  return { ...options, play: whole(options.play), data: whole(options.data) };
}
