import { sleep } from '@updraft/service';

/**
 * Runs `task` at once and then every `intervalMs` (± 10 %, so that instances spread) until the signal aborts. A failure goes to `onError`
 * and does not delay the next run. Resolves when the last run has ended.
 */
export async function every(
  intervalMs: number,
  signal: AbortSignal,
  task: () => Promise<void>,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await task();
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
    await sleep(intervalMs * (0.9 + 0.2 * Math.random()), signal).catch(() => {}); // aborted: the loop ends
  }
}
