// `npm start`, once its dependencies are there: reads the command line (plan/options.ts) and runs everything (start/start.ts).
// The folders of this package, in the order in which a start goes through them:
//   start/        puts the others together
//   data-folder/  who may use the folder, and what lies in it beside the databases
//   plan/         decides what runs: options and environment in, a plan out
//   supervision/  starts the parts in order, keeps them running, stops them
//   clickhouse/   ClickHouse's server, and the HTTP server before it that checks passwords
//   redis/        redis-server
//   process/      one process of the system: start, end, identity, memory, ports
//   screen/       what a person sees
import { resolve } from 'node:path';
import { SetupError } from '@updraft/service';
import { parseStartOptions, type StartOptions, startHelp, UsageError } from './plan/options.ts';
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
  process.stderr.write(`${error.message}\n`);
  process.exit(error instanceof UsageError ? 2 : 1); // as pnpm admin and the others do: 1 failed, 2 not understood
}

async function run(options: StartOptions): Promise<void> {
  const stopping = new AbortController();
  const killing = new AbortController();
  onStopSignals(
    () => stopping.abort(),
    () => killing.abort(),
  );
  process.stdout.on('error', () => stopping.abort()); // nobody reads our lines any more
  await runLocally({
    options,
    env,
    show: createShow(process.stdout),
    stopping: stopping.signal,
    killing: killing.signal,
  });
}

/** npm runs scripts in the project's folder; a relative path is relative to the folder in which npm was called. */
function withWholePaths(options: StartOptions): StartOptions {
  const from = env['INIT_CWD'] ?? process.cwd();
  const whole = (path: string | undefined) => (path === undefined ? undefined : resolve(from, path));
  return { ...options, play: whole(options.play), data: whole(options.data) };
}
