const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm and the terminal may both pass on one Ctrl-C: what follows at once is the same one. */
const sameWithinMs = 1_000;

/** Calls `first` at the first signal to stop, and `again` at a later one, when somebody does not want to wait. */
export function onStopSignals(first: (signal: NodeJS.Signals) => void, again: () => void): void {
  let firstAtMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (firstAtMs === undefined) {
      firstAtMs = Date.now();
      first(signal);
    } else if (Date.now() - firstAtMs >= sameWithinMs) {
      again();
    }
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
}
