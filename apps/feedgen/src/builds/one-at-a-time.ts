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

/** Calls `run` one at a time. Calls that come while one runs share the next, so that however many come, at most one waits. */
export function oneAndTheNext(run: () => Promise<void>): () => Promise<void> {
  let next: Promise<void> | undefined;
  const inTurn = oneAtATime(() => {
    next = undefined; // it begins: who comes now may ask for what it no longer sees
    return run();
  });
  return () => {
    next ??= inTurn();
    return next;
  };
}

/** Calls `run` for each key one at a time, in order; calls for different keys run together. */
export function oneAtATimeByKey<Args extends unknown[], T>(
  keyOf: (...args: Args) => string,
  run: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  const lasts = new Map<string, Promise<unknown>>();
  return (...args) => {
    const key = keyOf(...args);
    const next = (lasts.get(key) ?? Promise.resolve()).then(() => run(...args));
    const last = next
      .catch(() => {}) // its caller gets the rejection
      .then(() => {
        if (lasts.get(key) === last) lasts.delete(key);
      });
    lasts.set(key, last);
    return next;
  };
}
