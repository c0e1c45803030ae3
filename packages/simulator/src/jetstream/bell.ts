/** Wakes all who wait. */
export interface Bell {
  /** Resolves at the next ring, or when the signal has aborted. */
  wait(signal: AbortSignal): Promise<void>;
  ring(): void;
}

export function createBell(): Bell {
  let waiting: (() => void)[] = [];
  return {
    wait: (signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const wake = () => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        signal.addEventListener('abort', wake);
        waiting.push(wake);
      }),
    ring() {
      if (waiting.length === 0) return;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
  };
}
