const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm and the terminal may both pass on one Ctrl-C: a signal within this time is the same one. */
const SAME_WITHIN_MS = 1_000;

/** Calls `first` at the first signal to stop, and `again` at a later one: somebody does not want to wait. */
export function onStopSignals(first: () => void, again: () => void): void {
  let firstAtMs: number | undefined;
  const onSignal = () => {
    if (firstAtMs === undefined) {
      firstAtMs = Date.now();
      first();
    } else if (Date.now() - firstAtMs >= SAME_WITHIN_MS) {
      again();
    }
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
}
