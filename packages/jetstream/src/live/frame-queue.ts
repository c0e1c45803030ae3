/** Frames on their way from the socket to whoever takes them: many at a time, so that no frame costs a turn of the event loop. */
export interface FrameQueue {
  push(text: string): void;
  /** Characters that nobody has taken yet. */
  length(): number;
  /** What has come since the last call; waits for the first. Undefined once it has ended and is empty. One call at a time. */
  take(): Promise<readonly string[] | undefined>;
  /** Nothing more comes. */
  end(): void;
}

export function createFrameQueue(onTaken: () => void): FrameQueue {
  let frames: string[] = [];
  let length = 0;
  let hasEnded = false;
  let waiting: (() => void) | undefined;
  const wake = (): void => {
    waiting?.();
    waiting = undefined;
  };
  return {
    push: (text) => {
      frames.push(text);
      length += text.length;
      wake();
    },
    length: () => length,
    take: async () => {
      if (frames.length === 0 && !hasEnded) {
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
      if (frames.length === 0) return undefined;
      const taken = frames;
      frames = [];
      length = 0;
      onTaken();
      return taken;
    },
    end: () => {
      hasEnded = true;
      wake();
    },
  };
}
