import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** One column of `ps` for a process, for systems without /proc. Empty when the process is gone. */
export async function ps(pid: number, column: 'rss' | 'lstart'): Promise<string> {
  const asked = promisify(execFile)('ps', ['-o', `${column}=`, '-p', String(pid)], { timeout: 5_000 });
  return await asked.then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}
