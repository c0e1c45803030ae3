import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const NAME = 'updraft-tests-';
const GIB = 1024 ** 3;

/**
 * A folder in memory for the data of the tests' servers, which write many small files and wait for each to be on the disk: that is a third
 * of what the tests take. Undefined where there is none, or too little room or memory; then they use the system's folder.
 */
export function openScratchFolder(): string | undefined {
  try {
    removeLeftOvers();
    if (!runsPrograms()) return undefined;
    const { bavail, bsize } = statfsSync(MEMORY);
    if (Math.min(bavail * bsize, process.availableMemory()) < 4 * GIB) return undefined;
    const folder = join(MEMORY, `${NAME}${process.pid}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  } catch {
    return undefined; // no Linux
  }
}

/** Some tests write small programs; a container may forbid to run them there. */
function runsPrograms(): boolean {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const [, , , options = ''] = mounts.findLast((line) => line.split(' ')[1] === MEMORY)?.split(' ') ?? [];
  return options !== '' && !options.split(',').includes('noexec');
}

/** Of runs that were killed. */
function removeLeftOvers(): void {
  for (const name of readdirSync(MEMORY)) {
    const pid = name.startsWith(NAME) ? Number(name.slice(NAME.length)) : Number.NaN;
    if (Number.isInteger(pid) && !isRunning(pid)) rmSync(join(MEMORY, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
