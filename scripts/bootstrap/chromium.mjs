// Finds a Chromium for the tests, or unpacks Debian's own, without its windows, into the project's folder.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { executable, hasApt, onPath, unpackPrograms } from './debian.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const shell = 'chromium-headless-shell';
const fonts = `<?xml version="1.0"?>
<fontconfig><dir prefix="relative">root/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir prefix="relative">fonts-cache</cachedir></fontconfig>
`;
const launcher = `#!/bin/sh
here=$(dirname "$0")
FONTCONFIG_FILE="$here/../fonts.conf" exec "$here/${shell}" "$@"
`;

/**
 * @param {{ root: string, env: NodeJS.ProcessEnv, platform: string, say: (line: string) => void }} deps
 * @returns {Promise<{ path?: string, whyNot?: string }>} its path, or why there is none: then the tests in a browser are skipped
 */
export async function findChromium({ root, env, platform, say }) {
  if (env.CHROMIUM) return givenChromium(env.CHROMIUM);
  const folder = join(root, '.tools', 'chromium');
  const installed = await Promise.all(names.map((name) => onPath(name, env.PATH)));
  const path = installed.find(Boolean) ?? (await executable(join(folder, 'bin', 'chromium')));
  if (path) return { path };
  if (!(await hasApt({ platform, env }))) return { whyNot: 'no Chromium on PATH, none named by CHROMIUM' };
  say('Chromium: unpacking Debian’s chromium-headless-shell into .tools/chromium, for the tests');
  try {
    await unpack(folder, env);
  } catch (error) {
    return { whyNot: `no Chromium on PATH, and Debian’s could not be unpacked: ${error.message}` };
  }
  return { path: join(folder, 'bin', 'chromium') };
}

async function givenChromium(given) {
  const path = await executable(given);
  return path ? { path } : { whyNot: `CHROMIUM names ${given}, which is no program` };
}

async function unpack(folder, env) {
  const packages = [shell, 'chromium-common', 'fonts-dejavu-core'];
  await unpackPrograms({ folder, packages, programs: [shell], programFolder: 'usr/lib/chromium', env });
  await mkdir(join(folder, 'fonts-cache'));
  await writeFile(join(folder, 'fonts.conf'), fonts);
  await writeFile(join(folder, 'bin', 'chromium'), launcher);
  await chmod(join(folder, 'bin', 'chromium'), 0o755);
}
