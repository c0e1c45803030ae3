import { readFile, readlink } from 'node:fs/promises';
import type { LeaseOwner } from '@updraft/store';

/**
 * This process as the holder of a lease. The scope names this boot of this machine and this namespace of process ids, so that a pid in it
 * means the same to all that share it; containers don't, and where the kernel tells nothing the scope is ''.
 */
export async function readLeaseOwner(pid: number): Promise<LeaseOwner> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    return { scope: `${boot} ${await readlink('/proc/self/ns/pid')}`, pid };
  } catch {
    return { scope: '', pid };
  }
}

/** Whether there is such a process. One that is another user's is there. */
export function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}
