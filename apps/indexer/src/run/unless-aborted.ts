/** Waits for something that rejects only when a signal aborts. False then. */
export function unlessAborted(waiting: Promise<unknown>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}
