import { join } from 'node:path';
import { SetupFailure } from './failure.mjs';
import { runCaptured } from './process.mjs';

const wantedMajor = 26;

/**
 * Finds the Node for the project: that of its dependencies, else this one if it is new enough.
 * @returns {Promise<string>} its path
 */
export async function findProjectNode(root) {
  const own = join(root, 'node_modules', '.bin', 'node');
  const version = await runCaptured(own, ['--version'], {}).then(
    ({ output }) => output.trim(),
    () => undefined,
  );
  if (isNewEnough(version)) return own;
  if (isNewEnough(process.version)) return process.execPath;
  throw new SetupFailure(
    `Node ${wantedMajor}, which comes with the dependencies, does not run here${version ? ` (found ${version})` : ''}.`,
    'Delete the folder node_modules and try again, or run with your own Node 26.',
  );
}

/** `v26.10.0` → true; an older version, or none, → false. */
export function isNewEnough(version) {
  return Number(/^v(\d+)\./.exec(version ?? '')?.[1] ?? 0) >= wantedMajor;
}
