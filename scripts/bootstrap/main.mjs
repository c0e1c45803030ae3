// `npm start`, `npm test` and `npm run console:dev` check the machine, bring the dependencies and Redis, build the console, and go on with Node 26.
import { join, resolve } from 'node:path';
import { findChromium } from './chromium.mjs';
import { ensureConsole } from './console.mjs';
import { SetupFailure } from './failure.mjs';
import { ensureInstalled } from './install.mjs';
import { requireSupportedMachine } from './machine.mjs';
import { runForeground } from './process.mjs';
import { findPrometheus } from './prometheus.mjs';
import { findRedis } from './redis.mjs';
import { findProjectNode } from './runtime.mjs';
import { runTests } from './test-run.mjs';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const usage = 'Usage: node scripts/bootstrap.mjs start|test|console:dev [options]';
const programs = {
  start: ['packages/local/src/start-command.ts'],
  'console:dev': ['--disable-warning=ExperimentalWarning', 'tests/console-dev-command.ts'], // one of its packages looks for localStorage
};

/** Runs the command and sets the exit code. A SetupFailure is two plain lines: what happened, and what to do. */
export async function main([command, ...args]) {
  try {
    process.exitCode = await run(command, args);
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    process.stderr.write(`${error.message}\n${error.advice}\n`);
    process.exitCode = error.exitCode;
  }
}

async function run(command, args) {
  const program = programs[command];
  if (program === undefined && command !== 'test')
    throw new SetupFailure(`There is no command "${command ?? ''}".`, usage, 2);
  requireSupportedMachine(process);
  const say = (line) => process.stdout.write(`${line}\n`);
  await ensureInstalled({ root, mode: command === 'start' ? 'prod' : 'full', env: process.env, out: process.stdout });
  const redis = await findRedis({ root, env: process.env, platform: process.platform, say });
  const node = await findProjectNode(root);
  const env = projectEnvironment(redis);
  await ensureConsole({ root, node, env, say });
  if (command === 'test') {
    const prometheus = await findPrometheus({ root, env: process.env, platform: process.platform, say });
    if (prometheus) env.PATH = `${env.PATH}:${prometheus}`;
    const chromium = await findChromium({ root, env: process.env, platform: process.platform, say });
    env.CHROMIUM = chromium.path ?? '';
    env.NO_CHROMIUM = chromium.whyNot ?? '';
    return runTests({ root, node, env, args, say });
  }
  return runForeground(node, [...program, ...args], { cwd: root, env });
}

/** Puts the project's own programs first on PATH, lets Node keep what it compiled, and leaves out what npm sets for its scripts. */
function projectEnvironment(redis) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  env.PATH = `${join(root, 'node_modules', '.bin')}:${env.PATH ?? ''}`;
  env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'node');
  if (redis) env.REDIS_SERVER = redis;
  return env;
}
