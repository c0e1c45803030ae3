/** What the promise gives, or undefined when that takes longer. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  // When this process itself was busy for so long, the answer may lie in the socket, which is read between timers and immediates.
  const timer = setTimeout(() => setImmediate(() => resolve(undefined)), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
