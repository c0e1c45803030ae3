// Builds the console, which feedgen and search serve, when its sources are newer than what was built.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runCaptured } from './process.mjs';

/**
 * @param {{ root: string, node: string, env: NodeJS.ProcessEnv, say: (line: string) => void }} deps
 */
export async function ensureConsole({ root, node, env, say }) {
  const folder = join(root, 'apps', 'console');
  const built = await changedAt(join(folder, 'dist', 'index.html'));
  if (built > (await newest([join(root, 'pnpm-lock.yaml'), join(folder, 'build'), join(folder, 'src')]))) return;
  const { code, output } = await runCaptured(node, [join(folder, 'build', 'build-command.ts')], { cwd: root, env });
  if (code !== 0)
    say(`The console could not be built, so the services serve an older one or none:\n${output.trimEnd()}`);
}

/** When one of these was last changed; of a folder also all that it has, and when something left it. */
async function newest(paths) {
  const times = await Promise.all(paths.map(newestBelow));
  return Math.max(...times);
}

async function newestBelow(path) {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []); // a file has none
  const below = entries.map((entry) => newestBelow(join(path, entry.name)));
  return Math.max(await changedAt(path), ...(await Promise.all(below)));
}

/** In milliseconds since 1970; 0 for what is not there. */
async function changedAt(path) {
  const found = await stat(path).catch(() => undefined);
  return found?.mtimeMs ?? 0;
}
