import { resolve } from 'node:path';
import { SetupError } from '@updraft/service';
import { environment } from './config.ts';
import { helpText, parseStartOptions, type StartOptions } from './options.ts';
import { createShow } from './show.ts';
import { runLocally } from './start.ts';
import { onStopSignals } from './stop-signals.ts';

// `npm start`, once the dependencies are there.
const env = environment();

try {
  const options = parseStartOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(helpText);
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
