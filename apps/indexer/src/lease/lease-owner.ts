import { readFile, readlink } from 'node:fs/promises';
import type { LeaseOwner } from '@updraft/store';

/**
 * This process as the holder of a lease. The scope names this boot of the machine and this namespace of process ids: processes of one scope
 * mean the same by a pid. Containers have scopes of their own. Where the kernel doesn't tell, the scope is ''.
 */
export async function readLeaseOwner(pid: number): Promise<LeaseOwner> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    return { scope: `${boot} ${await readlink('/proc/self/ns/pid')}`, pid };
  } catch {
    return { scope: '', pid }; // not Linux
  }
}

/** Whether there is such a process, of any user. */
export function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}
