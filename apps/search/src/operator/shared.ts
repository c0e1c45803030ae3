/** So at most a twentieth of the time goes into an answer, however long it takes. */
const LIVES = 20;

/**
 * An answer that is computed when somebody asks, and shared by all who ask meanwhile, within `ttlMs`, or within twenty times as long as it
 * took. A failure is told to those who wait for it, and the next one asks anew.
 */
export function createShared<T>(ttlMs: number, compute: (nowMs: number) => Promise<T>): () => Promise<T> {
  let kept: { readonly value: T; readonly until: number } | undefined;
  let underWay: Promise<T> | undefined;
  const run = async (): Promise<T> => {
    const startedAt = performance.now();
    try {
      const value = await compute(Date.now());
      const endedAt = performance.now();
      kept = { value, until: endedAt + Math.max(ttlMs, (endedAt - startedAt) * LIVES) };
      return value;
    } finally {
      underWay = undefined;
    }
  };
  return async () => {
    if (kept !== undefined && performance.now() < kept.until) return kept.value;
    underWay ??= run();
    return underWay;
  };
}
