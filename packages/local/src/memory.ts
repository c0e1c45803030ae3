import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Resident bytes of a process; undefined when it is gone. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const kib = process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid);
  return kib === undefined ? undefined : kib * 1_024;
}

async function fromProc(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const match = /^VmRSS:\s+(\d+) kB/m.exec(status);
  return match === null ? undefined : Number(match[1]);
}

async function fromPs(pid: number): Promise<number | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)], { timeout: 5_000 }).catch(
    () => ({
      stdout: '',
    }),
  );
  return Number(stdout.trim()) || undefined;
}
