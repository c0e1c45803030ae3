// Finds a redis-server, or unpacks Debian's own package into the project's folder. Nothing is installed system-wide.
import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { SetupFailure } from './failure.mjs';

const run = promisify(execFile);
const aptTimeoutMs = 180_000;
const maxRounds = 4;

/**
 * @param {{ root: string, env: NodeJS.ProcessEnv, platform: string, say: (line: string) => void }} deps
 * @returns {Promise<string | undefined>} the path of a redis-server; undefined when REDIS_ADDRESS names one that runs already
 */
export async function findRedis({ root, env, platform, say }) {
  if (env.REDIS_ADDRESS) return undefined;
  const folder = join(root, '.tools', 'redis');
  const found =
    (await executable(env.REDIS_SERVER)) ??
    (await onPath('redis-server', env.PATH)) ??
    (await executable(join(folder, 'bin', 'redis-server')));
  if (found) return found;
  if (platform !== 'linux' || !(await onPath('apt-get', env.PATH)) || !(await onPath('dpkg', env.PATH))) {
    throw new SetupFailure('There is no redis-server here.', installHint(platform));
  }
  say('Redis: unpacking Debian’s redis-server into .tools/redis (nothing is installed system-wide)');
  await unpackRedis(folder, env);
  return join(folder, 'bin', 'redis-server');
}

/** What to type on a system where no package can be unpacked. */
export function installHint(platform) {
  const how =
    platform === 'darwin' ? 'brew install redis' : 'for example: dnf install redis, apk add redis, pacman -S redis';
  return `Install it (${how}), or set REDIS_ADDRESS=host:port to use one that runs already.`;
}

async function unpackRedis(folder, env) {
  const work = `${folder}.unpacking-${process.pid}`;
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, 'debs'), { recursive: true });
  try {
    const apt = await privateApt(work, env);
    await apt.update();
    await fetchUntilComplete(work, apt);
    await writeLaunchers(work);
    await run(join(work, 'bin', 'redis-server'), ['--version'], { timeout: 10_000 });
    for (const leftover of ['debs', 'lists', 'cache']) await rm(join(work, leftover), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    if (error instanceof SetupFailure) throw error;
    throw new SetupFailure(
      `redis-server could not be unpacked: ${lastLine(error)}`,
      'Check the network (apt-get update), or install redis-server yourself, or set REDIS_ADDRESS=host:port.',
    );
  }
}

/** apt-get with lists and cache of its own: works for any user and touches nothing of the system's. */
async function privateApt(work, env) {
  await mkdir(join(work, 'lists', 'partial'), { recursive: true });
  await mkdir(join(work, 'cache', 'archives', 'partial'), { recursive: true });
  const settings = {
    'Dir::State::Lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'APT::Sandbox::User': 'root',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const call = (program, args) =>
    run(program, [...options, ...args], {
      cwd: join(work, 'debs'),
      env: { ...env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      timeout: aptTimeoutMs,
      maxBuffer: 64 * 1024 * 1024,
    });
  return {
    update: () => call('apt-get', ['-q', 'update']),
    download: (packages) => call('apt-get', ['-q', 'download', ...packages]),
    depends: async (packages) => parseDepends((await call('apt-cache', ['depends', ...packages])).stdout),
  };
}

/** Downloads Redis, then whatever libraries `ldd` misses, level by level of the packages' dependencies. */
async function fetchUntilComplete(work, apt) {
  const fetched = new Set();
  let wanted = ['redis-server', 'redis-tools'];
  for (let round = 0; round < maxRounds; round++) {
    await apt.download(wanted);
    for (const name of wanted) fetched.add(name);
    await unpackAll(work);
    const missing = await missingLibraries(work);
    if (missing.length === 0) return;
    const candidates = (await apt.depends([...fetched])).filter((name) => !fetched.has(name));
    wanted = packagesFor(missing, candidates);
    if (wanted.length === 0) throw new Error(`no package provides ${missing.join(', ')}`);
  }
  throw new Error(`libraries are still missing: ${(await missingLibraries(work)).join(', ')}`);
}

async function unpackAll(work) {
  for (const file of await readdir(join(work, 'debs'))) {
    await run('dpkg', ['-x', join(work, 'debs', file), join(work, 'root')], { timeout: aptTimeoutMs });
    await rm(join(work, 'debs', file));
  }
}

async function missingLibraries(work) {
  const libraries = (await libraryFolders(work)).join(delimiter);
  const { stdout } = await run('ldd', [join(work, 'root', 'usr', 'bin', 'redis-server')], {
    env: { ...process.env, LD_LIBRARY_PATH: libraries, LC_ALL: 'C' },
    timeout: 10_000,
  });
  return parseMissing(stdout);
}

/** `ldd`'s output → the sonames it did not find. */
export function parseMissing(output) {
  return [...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
}

/** `apt-cache depends` output → names of the library packages in it. */
export function parseDepends(output) {
  const names = [...output.matchAll(/(?:Pre)?Depends: <?([a-z0-9.+-]+)>?/g)].map((match) => match[1]);
  return [...new Set(names)].filter((name) => /^(lib|lua-)/.test(name) && !name.startsWith('libc6'));
}

/** The packages that by Debian's naming hold these sonames (libssl.so.3 → libssl3, libssl3t64); all candidates when none fits. */
export function packagesFor(missing, candidates) {
  const plain = (name) => name.replaceAll('-', '').replace(/t64$/, '');
  const wanted = new Set(missing.map((soname) => plain(soname.toLowerCase().replace(/\.so\.?/, ''))));
  const fitting = candidates.filter((name) => wanted.has(plain(name)));
  return fitting.length > 0 ? fitting : candidates;
}

/** Small shell scripts that set the library path relative to themselves and become the program: its pid is theirs. */
async function writeLaunchers(work) {
  const libraries = (await libraryFolders(work)).map((folder) => `$here/../${relative(work, folder)}`).join(':');
  await mkdir(join(work, 'bin'), { recursive: true });
  for (const program of ['redis-server', 'redis-cli']) {
    const script = `#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH="${libraries}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/../root/usr/bin/${program}" "$@"
`;
    await writeFile(join(work, 'bin', program), script);
    await chmod(join(work, 'bin', program), 0o755);
  }
}

async function libraryFolders(work) {
  const entries = await readdir(join(work, 'root'), { recursive: true, withFileTypes: true });
  const folders = entries
    .filter((entry) => /\.so(\.|$)/.test(entry.name))
    .map((entry) => entry.parentPath ?? entry.path);
  return [...new Set(folders)].toSorted((a, b) => a.localeCompare(b));
}

/** The first file of that name on PATH that may be run. */
export async function onPath(name, path = '') {
  for (const folder of path.split(delimiter)) {
    const found = folder && (await executable(join(folder, name)));
    if (found) return found;
  }
  return undefined;
}

async function executable(path) {
  if (!path) return undefined;
  try {
    await access(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}

function lastLine(error) {
  const text = String(error.stderr || error.message || error).trim();
  return text.split('\n').at(-1);
}
