import { pause } from './sleep.ts';

/**
 * Runs `task` every `intervalMs` (± 10 %, so that instances spread) until the signal aborts. A failure goes to `onError`, and the
 * next run comes as usual. Resolves when the last run is over.
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
    await pause(intervalMs * (0.9 + 0.2 * Math.random()), signal);
  }
}
