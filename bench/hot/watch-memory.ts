import { readFile } from 'node:fs/promises';

/** Samples a process's resident memory until it is stopped. Gives the peak in MB. */
export function watchMemory(pid: number, intervalMs = 50): { stop(): Promise<number> } {
  const stopping = new AbortController();
  let peakKib = 0;
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''); // the process is gone
      peakKib = Math.max(peakKib, Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0));
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
      return Math.round(peakKib / 1_024);
    },
  };
}
