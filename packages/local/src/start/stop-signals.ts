const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm and the terminal may both pass on one Ctrl-C: a signal within this time is the same one. */
const sameWithinMs = 1_000;

/** Calls `first` at the first signal to stop, and `again` at a later one: somebody does not want to wait. */
export function onStopSignals(first: () => void, again: () => void): void {
  let firstAtMs: number | undefined;
  const onSignal = () => {
    if (firstAtMs === undefined) {
      firstAtMs = Date.now();
      first();
    } else if (Date.now() - firstAtMs >= sameWithinMs) {
      again();
    }
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
}
