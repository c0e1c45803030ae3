export interface PaceOptions {
  /** The longest silence, and the length of a stretch. */
  readonly idleTimeoutMs: number;
  /** The least that must come over each stretch, from the first byte on. */
  readonly minBytesPerSecond: number;
}

/** Watches the speed of a download: a server that sends a byte now and then would hold its place for hours. */
export interface Pace extends Disposable {
  /** Aborts when the download is too slow. */
  readonly signal: AbortSignal;
  arrived(bytes: number): void;
  /** What the server did, once the signal has aborted. */
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
