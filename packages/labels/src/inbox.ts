/** Frames that have come and that nobody has taken yet. */
export interface Inbox {
  put(frame: Uint8Array): void;
  /** As LabelStream says it. */
  take(limits: TakeLimits): Promise<Uint8Array[] | undefined>;
  /** No frame comes any more. */
  close(): void;
}

export interface TakeLimits {
  readonly maxFrames: number;
  /** How long others may join the first. */
  readonly gatherMs: number;
  /** How long to wait for the first. */
  readonly quietMs: number;
}

/** What holds the frames back. */
interface Valve {
  pause(): void;
  resume(): void;
}

const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export function createInbox(valve: Valve): Inbox {
  const wait = createWait();
  let frames: Uint8Array[] = [];
  let bytes = 0;
  let [isClosed, isPaused] = [false, false];
  const cut = (count: number): Uint8Array[] => {
    const taken = frames.slice(0, count);
    frames = frames.slice(count);
    bytes = frames.reduce((sum, { length }) => sum + length, 0);
    if (!isPaused || isClosed || bytes > MAX_WAITING_BYTES / 2) return taken;
    isPaused = false;
    valve.resume();
    return taken;
  };
  return {
    put: (frame) => {
      frames.push(frame);
      bytes += frame.length;
      if (bytes > MAX_WAITING_BYTES && !isPaused) {
        isPaused = true;
        valve.pause();
      }
      wait.look();
    },
    close: () => {
      isClosed = true;
      wait.look();
    },
    take: async ({ maxFrames, gatherMs, quietMs }) => {
      await wait.until(() => frames.length > 0 || isClosed, quietMs);
      if (frames.length === 0) return isClosed ? undefined : [];
      await wait.until(() => frames.length >= maxFrames || isPaused || isClosed, gatherMs);
      return cut(maxFrames);
    },
  };
}

/** For one who waits. */
function createWait(): { until(holds: () => boolean, ms: number): Promise<void>; look(): void } {
  let look = (): void => {};
  return {
    /** Resolves when the condition holds at a look, at the latest after `ms`. */
    until: async (holds, ms) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      look = () => {
        if (holds()) resolve();
      };
      look();
      await promise;
      clearTimeout(timer);
      look = () => {};
    },
    look: () => look(),
  };
}
