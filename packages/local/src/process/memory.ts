import { readFile } from 'node:fs/promises';
import { ps } from './ps.ts';

/** Resident bytes of a process; undefined when it is gone. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const kib = process.platform === 'linux' ? await fromProc(pid) : Number(await ps(pid, 'rss')) || undefined;
  return kib === undefined ? undefined : kib * 1_024;
}

async function fromProc(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''); // the process is gone
  const match = /^VmRSS:\s+(\d+) kB/m.exec(status);
  return match === null ? undefined : Number(match[1]);
}
