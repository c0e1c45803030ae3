// Unpacks Debian's own packages into the project's folder. Nothing is installed system-wide.
import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, delimiter, join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const aptTimeoutMs = 180_000;
const maxRounds = 12;

/** Whether this machine can download and unpack Debian's packages. */
export async function hasApt({ platform, env }) {
  return platform === 'linux' && Boolean((await onPath('apt-get', env.PATH)) && (await onPath('dpkg', env.PATH)));
}

/**
 * Makes `folder/bin/PROGRAM` for each program, with the libraries that the machine lacks. All or nothing.
 * @param {{ folder: string, packages: string[], programs: string[], programFolder?: string, env: NodeJS.ProcessEnv }} deps the first program is
 *   run once, as a test; `programFolder` is where the packages have them
 */
export async function unpackPrograms({ folder, packages, programs, programFolder = 'usr/bin', env }) {
  const paths = programs.map((program) => join('root', programFolder, program));
  const work = `${folder}.unpacking-${process.pid}`;
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, 'debs'), { recursive: true });
  try {
    const apt = await privateApt(work, env);
    await apt.update();
    await fetchUntilComplete(work, apt, packages, paths);
    await writeLaunchers(work, paths);
    await run(join(work, 'bin', programs[0]), ['--version'], { timeout: 10_000 });
    for (const leftover of ['debs', 'lists', 'cache']) await rm(join(work, leftover), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw new Error(lastLine(error), { cause: error });
  }
}

/** apt-get with its own lists and cache: it works for any user and leaves the system alone. */
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

/** Downloads the packages, then the libraries that `ldd` misses, one level of dependencies after another. */
async function fetchUntilComplete(work, apt, packages, paths) {
  const fetched = new Set();
  let wanted = packages;
  for (let round = 0; round < maxRounds; round++) {
    await apt.download(wanted);
    for (const name of wanted) fetched.add(name);
    await unpackAll(work);
    const missing = await missingLibraries(work, paths);
    if (missing.length === 0) return;
    const candidates = (await apt.depends([...fetched])).filter((name) => !fetched.has(name));
    wanted = packagesFor(missing, candidates);
    if (wanted.length === 0) throw new Error(`no package provides ${missing.join(', ')}`);
  }
  throw new Error(`libraries are still missing: ${(await missingLibraries(work, paths)).join(', ')}`);
}

async function unpackAll(work) {
  for (const file of await readdir(join(work, 'debs'))) {
    await run('dpkg', ['-x', join(work, 'debs', file), join(work, 'root')], { timeout: aptTimeoutMs });
    await rm(join(work, 'debs', file));
  }
}

async function missingLibraries(work, paths) {
  const libraries = (await libraryFolders(work)).join(delimiter);
  const missing = paths.map(async (path) => {
    const { stdout } = await run('ldd', [join(work, path)], {
      env: { ...process.env, LD_LIBRARY_PATH: libraries, LC_ALL: 'C' },
      timeout: 10_000,
    }).catch((error) => error); // ldd fails for a program that needs no library
    return parseMissing(stdout ?? '');
  });
  return [...new Set((await Promise.all(missing)).flat())];
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

/** The packages that should hold these sonames, by Debian's naming (libssl.so.3 → libssl3, libssl3t64); all candidates when none fits. */
export function packagesFor(missing, candidates) {
  const plain = (name) => name.replaceAll('-', '').replace(/t64$/, '');
  const wanted = new Set(missing.map((soname) => plain(soname.toLowerCase().replace(/\.so\.?/, ''))));
  const fitting = candidates.filter((name) => wanted.has(plain(name)));
  return fitting.length > 0 ? fitting : candidates;
}

/** Shell scripts that set the library path, relative to themselves, and become the program, so that its pid is theirs. */
async function writeLaunchers(work, paths) {
  const libraries = (await libraryFolders(work)).map((folder) => `$here/../${relative(work, folder)}`).join(':');
  await mkdir(join(work, 'bin'), { recursive: true });
  for (const path of paths) {
    const script = `#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH="${libraries}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/../${path}" "$@"
`;
    await writeFile(join(work, 'bin', basename(path)), script);
    await chmod(join(work, 'bin', basename(path)), 0o755);
  }
}

async function libraryFolders(work) {
  const entries = await readdir(join(work, 'root'), { recursive: true, withFileTypes: true });
  const folders = entries
    .filter((entry) => /\.so(\.|$)/.test(entry.name))
    .map((entry) => entry.parentPath ?? entry.path);
  return [...new Set(folders)].toSorted((a, b) => a.localeCompare(b));
}

/** The first executable file of that name on PATH. */
export async function onPath(name, path = '') {
  for (const folder of path.split(delimiter)) {
    const found = folder && (await executable(join(folder, name)));
    if (found) return found;
  }
  return undefined;
}

/** The path if it is executable. */
export async function executable(path) {
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
