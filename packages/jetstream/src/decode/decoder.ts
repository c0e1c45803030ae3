/*
 * In: blocks of segments. Out: their events as lines of JSON, decoded in threads.
 * Keeps: each block's slices come in order; no more blocks are under way than there are threads, the rest wait.
 *
 * Why lines: a thread's message is copied. Copying a string costs a hundredth of what it costs to copy the event as an object, and JSON.parse
 * of a line is cheaper than that copy. So the event loop pays for an event of the archive what it pays for one of the live stream.
 */

import { type DecodeThread, startDecodeThread } from './decode-thread.ts';
import type { DecodedSlice, DecodeTask } from './messages.ts';

export interface Decoder {
  /**
   * Begins to decode at once, where a thread is free; blocks are begun in the order of the calls. The slices must be taken to the last one, or
   * the iteration ended: a block that has more of them holds its thread until then.
   * @throws SegmentCorruptError while it is iterated.
   */
  decode(task: DecodeTask): AsyncGenerator<DecodedSlice, void, void>;
  /** Whatever is under way fails. */
  stop(): Promise<void>;
}

/** `threads`: one decodes about 200,000 events a second. */
export function createDecoder(threads = 1): Decoder {
  const free: DecodeThread[] = [];
  const all = new Set<DecodeThread>();
  const waiting: ((thread: DecodeThread) => void)[] = [];
  const start = (): DecodeThread => {
    const thread = startDecodeThread();
    all.add(thread);
    return thread;
  };
  let isStopped = false;
  const acquire = (): Promise<DecodeThread> => {
    if (isStopped) return Promise.reject(new Error('the decoder was stopped'));
    const thread = free.pop() ?? (all.size < threads ? start() : undefined);
    return thread === undefined ? new Promise((resolve) => void waiting.push(resolve)) : Promise.resolve(thread);
  };
  const release = (thread: DecodeThread): void => {
    if (thread.isOver()) all.delete(thread);
    const next = waiting.shift();
    if (next !== undefined) next(thread.isOver() && !isStopped ? start() : thread);
    else if (!thread.isOver()) free.push(thread);
  };
  return {
    decode: (task) => {
      const begun = begin(acquire, release, task);
      begun.catch(() => {}); // it is thrown where the slices are taken
      return takeSlices(begun, release);
    },
    stop: async () => {
      isStopped = true;
      await Promise.all([...all].map((thread) => thread.stop()));
    },
  };
}

interface Begun {
  readonly thread: DecodeThread;
  readonly first: DecodedSlice;
}

/** A thread is free again as soon as it has sent a block's last slice, taken or not. */
async function begin(
  acquire: () => Promise<DecodeThread>,
  release: (thread: DecodeThread) => void,
  task: DecodeTask,
): Promise<Begun> {
  const thread = await acquire();
  try {
    const first = await thread.begin(task);
    if (first.isLast) release(thread);
    return { thread, first };
  } catch (error) {
    release(thread);
    throw error;
  }
}

async function* takeSlices(
  begun: Promise<Begun>,
  release: (thread: DecodeThread) => void,
): AsyncGenerator<DecodedSlice, void, void> {
  const { thread, first } = await begun;
  let slice = first;
  try {
    yield slice;
    while (!slice.isLast) {
      slice = await thread.more();
      yield slice;
    }
  } finally {
    if (!first.isLast) release(thread);
  }
}
