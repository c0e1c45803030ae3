export interface PaceOptions {
  /** How long nothing at all may come, and how long a stretch is. */
  readonly idleTimeoutMs: number;
  /** Over each stretch from the first byte on. */
  readonly minBytesPerSecond: number;
}

/** Watches that a download gets on: one byte now and then would hold its place for hours. */
export interface Pace extends Disposable {
  /** Aborts when it does not. */
  readonly signal: AbortSignal;
  arrived(bytes: number): void;
  /** What the server did, once the signal is aborted. */
  complaint(): string;
}

export function watchPace({ idleTimeoutMs, minBytesPerSecond }: PaceOptions): Pace {
  const controller = new AbortController();
  const minBytes = (minBytesPerSecond * idleTimeoutMs) / 1000;
  let hasBegun = false;
  let bytes = 0;
  const timer = setTimeout(() => {
    if (bytes < (hasBegun ? minBytes : 1)) return controller.abort();
    bytes = 0;
    timer.refresh();
  }, idleTimeoutMs);
  return {
    signal: controller.signal,
    arrived: (count) => {
      bytes += count;
      if (hasBegun) return;
      hasBegun = true;
      timer.refresh();
    },
    complaint: () =>
      bytes === 0
        ? `sent nothing for ${idleTimeoutMs / 1000} s`
        : `sends less than ${minBytesPerSecond} bytes a second`,
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
