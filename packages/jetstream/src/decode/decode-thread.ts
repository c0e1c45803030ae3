import { Worker } from 'node:worker_threads';
import { JetstreamError, SegmentCorruptError } from '../errors.ts';
import type { DecodedSlice, DecodeTask, FromThread, ToThread } from './messages.ts';

/** A thread that decodes one block at a time. */
export interface DecodeThread {
  /** The first slice of a block; the one before must have come to its last slice. */
  begin(task: DecodeTask): Promise<DecodedSlice>;
  more(): Promise<DecodedSlice>;
  /** It has failed, and decodes nothing any more. */
  isOver(): boolean;
  stop(): Promise<void>;
}

/** MiB of the thread's heap: a slice's texts, and the records that they are made of. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 48 };

export function startDecodeThread(): DecodeThread {
  const worker = new Worker(new URL('./decode-worker.ts', import.meta.url), { resourceLimits: RESOURCE_LIMITS });
  let waiting: PromiseWithResolvers<DecodedSlice> | undefined;
  let ended: { readonly error: unknown } | undefined;
  const settle = (act: (pending: PromiseWithResolvers<DecodedSlice>) => void): void => {
    const pending = waiting;
    waiting = undefined;
    if (pending !== undefined) act(pending);
  };
  const fail = (error: unknown): void => {
    ended ??= { error };
    settle(({ reject }) => reject(error));
  };
  worker.on('message', (message: FromThread) =>
    settle(({ resolve, reject }) => {
      if (message.kind === 'slice') resolve(message.slice);
      else reject(corruptError(message));
    }),
  );
  worker.on('error', (error: unknown) => fail(translate(error)));
  worker.on('exit', () => fail(new Error('the thread that decodes the archive has ended')));
  const ask = (message: ToThread, transfer: ArrayBuffer[]): Promise<DecodedSlice> => {
    if (ended !== undefined) return Promise.reject(ended.error);
    waiting = Promise.withResolvers();
    const { promise } = waiting;
    worker.postMessage(message, transfer);
    return promise;
  };
  return {
    begin: (task) => ask({ kind: 'decode', task }, [task.frame.buffer]),
    more: () => ask({ kind: 'more' }, []),
    isOver: () => ended !== undefined,
    stop: async () => void (await worker.terminate()),
  };
}

function corruptError({ reason, offset, block }: FromThread & { kind: 'corrupt' }): SegmentCorruptError {
  return new SegmentCorruptError(reason, offset, block === undefined ? {} : { block });
}

function translate(error: unknown): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new JetstreamError(`a block takes more than ${RESOURCE_LIMITS.maxOldGenerationSizeMb} MiB to decode`, {
    cause: error,
  });
}
