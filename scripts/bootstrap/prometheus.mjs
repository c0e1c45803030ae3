// Finds Prometheus and promtool for the tests, or unpacks Debian's own package into the project's folder.
import { join } from 'node:path';
import { executable, hasApt, onPath, unpackPrograms } from './debian.mjs';

/**
 * @param {{ root: string, env: NodeJS.ProcessEnv, platform: string, say: (line: string) => void }} deps
 * @returns {Promise<string | undefined>} a folder for PATH; undefined when they are on PATH already, or can't be had: then their tests are skipped
 */
export async function findPrometheus({ root, env, platform, say }) {
  if ((await onPath('prometheus', env.PATH)) && (await onPath('promtool', env.PATH))) return undefined;
  const folder = join(root, '.tools', 'prometheus');
  if (await executable(join(folder, 'bin', 'promtool'))) return join(folder, 'bin');
  if (!(await hasApt({ platform, env }))) return undefined;
  say('Prometheus: unpacking Debian’s prometheus into .tools/prometheus, for the tests');
  try {
    await unpackPrograms({ folder, packages: ['prometheus'], programs: ['promtool', 'prometheus'], env });
  } catch (error) {
    say(`Prometheus could not be unpacked, its tests are skipped: ${error.message}`);
    return undefined;
  }
  return join(folder, 'bin');
}
