/** Calls `run` one at a time, in order. A call that fails doesn't keep the next one. */
export function oneAtATime<Args extends unknown[], T>(
  run: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (...args) => {
    const next = last.then(() => run(...args));
    last = next.catch(() => {}); // its caller gets the rejection
    return next;
  };
}
