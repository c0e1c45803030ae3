// Finds a redis-server, or unpacks Debian's own package into the project's folder.
import { join } from 'node:path';
import { executable, hasApt, onPath, unpackPrograms } from './debian.mjs';
import { SetupFailure } from './failure.mjs';

/**
 * @param {{ root: string, env: NodeJS.ProcessEnv, platform: string, say: (line: string) => void }} deps
 * @returns {Promise<string | undefined>} its path; undefined when REDIS_ADDRESS names a Redis that already runs
 */
export async function findRedis({ root, env, platform, say }) {
  if (env.REDIS_ADDRESS) return undefined;
  const folder = join(root, '.tools', 'redis');
  const found =
    (await executable(env.REDIS_SERVER)) ??
    (await onPath('redis-server', env.PATH)) ??
    (await executable(join(folder, 'bin', 'redis-server')));
  if (found) return found;
  if (!(await hasApt({ platform, env }))) throw new SetupFailure('No redis-server was found.', installHint(platform));
  say('Redis: unpacking Debian’s redis-server into .tools/redis (nothing is installed system-wide)');
  const packages = ['redis-server', 'redis-tools'];
  await unpackPrograms({ folder, packages, programs: ['redis-server', 'redis-cli'], env }).catch((error) => {
    throw new SetupFailure(
      `redis-server could not be unpacked: ${error.message}`,
      'Check the network (apt-get update), or install redis-server yourself, or set REDIS_ADDRESS=host:port.',
    );
  });
  return join(folder, 'bin', 'redis-server');
}

/** What to do on a system where no package can be unpacked. */
export function installHint(platform) {
  const how =
    platform === 'darwin' ? 'brew install redis' : 'for example: dnf install redis, apk add redis, pacman -S redis';
  return `Install it (${how}), or set REDIS_ADDRESS=host:port to use one that already runs.`;
}
