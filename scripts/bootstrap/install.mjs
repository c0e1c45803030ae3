// Installs the dependencies with pnpm. `npm start` needs those for running, `npm test` all; neither removes what the other installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { adviceFor, readableTail } from './advice.mjs';
import { SetupFailure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { createProgress } from './progress.mjs';

const pnpm = 'pnpm@12.21.0';
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @param {{ root: string, mode: 'prod' | 'full', env: NodeJS.ProcessEnv, out: NodeJS.WriteStream }} deps
 */
export async function ensureInstalled({ root, mode, env, out }) {
  const current = await fingerprint(root);
  if (isSatisfied(await readMarker(root), current, mode)) return;
  await mkdir(join(root, '.tools'), { recursive: true });
  await withLock(join(root, '.tools', 'install.lock'), out, async () => {
    const marker = await readMarker(root);
    if (isSatisfied(marker, current, mode)) return;
    const wider = widerMode(mode, marker?.mode, await installedMode(root));
    out.write(`${announcement(marker, wider)}\n`);
    await install({ root, mode: wider, env, out });
    await writeFile(markerPath(root), JSON.stringify({ ...current, mode: wider }));
  });
}

/** Whether what is installed, as the marker says, is what is needed now. */
export function isSatisfied(marker, current, mode) {
  return (
    marker !== undefined &&
    marker.lockfile === current.lockfile &&
    marker.machine === current.machine &&
    (marker.mode === 'full' || marker.mode === mode)
  );
}

/** The widest of the modes, so that nothing is removed. */
export function widerMode(...modes) {
  return modes.includes('full') ? 'full' : 'prod';
}

async function fingerprint(root) {
  const hash = createHash('sha256');
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...(await workspaceManifests(root))]) {
    hash.update(await readFile(join(root, file))).update('\0');
  }
  return { lockfile: hash.digest('hex'), machine: `${process.platform} ${process.arch}` };
}

/** The package.json files of apps/* and packages/*: a new package needs its links even when nothing has to be downloaded. */
async function workspaceManifests(root) {
  const manifests = [];
  for (const folder of ['apps', 'packages']) {
    const names = await readdir(join(root, folder)).catch(() => []); // an image may lack it
    manifests.push(...names.toSorted().map((name) => join(folder, name, 'package.json')));
  }
  return manifests.filter((path) => existsSync(join(root, path)));
}

const markerPath = (root) => join(root, 'node_modules', '.updraft-installed.json');

const readMarker = (root) => readJson(markerPath(root));

/** The mode of an installation by hand, as pnpm noted it. */
async function installedMode(root) {
  const state = await readJson(join(root, 'node_modules', '.modules.yaml'));
  if (state === undefined) return undefined;
  return state.included?.devDependencies ? 'full' : 'prod';
}

/** Undefined when the file is missing or malformed: then everything is installed again. */
function readJson(path) {
  return readFile(path, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
}

function announcement(marker, mode) {
  if (marker !== undefined && marker.mode === mode) return 'Updating the dependencies';
  return mode === 'prod'
    ? 'Installing Node 26, ClickHouse’s engine and the other dependencies (once)'
    : 'Installing the dependencies for running and testing (once)';
}

async function install({ root, mode, env, out }) {
  const log = join(root, '.tools', 'install.log');
  const progress = createProgress({ out, now: Date.now });
  const code = await runPnpm({ root, mode, env, log, progress });
  progress.end();
  if (code === 0) return;
  const text = await readFile(log, 'utf8');
  out.write(`${readableTail(text)}\n`);
  throw new SetupFailure('The dependencies could not be installed.', `${adviceFor(text)} The whole log: ${log}`);
}

async function runPnpm({ root, mode, env, log, progress }) {
  const retries = ['--config.fetchRetryMintimeout=1000', '--config.fetchRetryMaxtimeout=5000'];
  const wanted = ['install', '--frozen-lockfile', ...(mode === 'prod' ? ['--prod'] : [])];
  const child = spawn('npx', ['-y', pnpm, ...wanted, '--reporter=ndjson', ...retries], {
    cwd: root,
    env: installEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own: npx and pnpm can be ended together
  });
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    endGroup(child);
  };
  for (const signal of stopSignals) process.on(signal, stop);
  const sink = createWriteStream(log);
  const onLine = (line) => {
    sink.write(`${line}\n`);
    progress.line(line);
  };
  const read = [child.stdout, child.stderr].map((stream) =>
    once(createInterface({ input: stream }).on('line', onLine), 'close'),
  );
  const watchdog = setInterval(() => progress.isStuck() && endGroup(child), 1_000);
  const code = await exitCodeOf(child).finally(() => clearInterval(watchdog));
  await Promise.all(read);
  await new Promise((resolve) => sink.end(resolve));
  for (const signal of stopSignals) process.off(signal, stop);
  if (isStopped)
    throw new SetupFailure('Stopped while installing.', 'The next start continues where this one stopped.');
  return code;
}

function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // it has already ended
  }
}

function exitCodeOf(child) {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', (cause) =>
      reject(
        new SetupFailure(
          `npx could not be started: ${cause.message}.`,
          'Install npm, which includes npx, and put it on PATH.',
        ),
      ),
    );
  });
}

// npm's settings about the network are also for pnpm. The rest of npm_config_* is about npm's own run.
const keptSettings =
  /^npm_config_(registry|proxy|https?_proxy|noproxy|no_proxy|ca|cafile|cert|key|strict_ssl|cache|userconfig|globalconfig|@.+|\/\/.+)$/i;

/** The environment for npx and pnpm: without what `npm start` added, without questions, and with few retries. */
export function installEnvironment(env) {
  const kept = Object.entries(env).filter(([name]) =>
    /^(npm_|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$)/i.test(name) ? keptSettings.test(name) : true,
  );
  return {
    ...Object.fromEntries(kept),
    CI: 'true',
    npm_config_update_notifier: 'false',
    npm_config_fetch_retries: '2',
    npm_config_fetch_retry_mintimeout: '1000',
    npm_config_fetch_retry_maxtimeout: '5000',
  };
}
