import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { RepositoryError } from '@updraft/repository';
import type { WorkerInput, WorkerMessage } from './worker-messages.ts';

/** The thread that reads one repository. */
export interface RepositoryThread {
  /** The next message. @throws RepositoryError, or the signal's reason */
  next(): Promise<Exclude<WorkerMessage, { kind: 'faulty' }>>;
  /** `used`: the memory of a chunk that has been read, for the next one. */
  askForChunk(used: ArrayBuffer | undefined): void;
  stop(): Promise<void>;
}

/** MiB of the thread's heap: enough for a repository of any size. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 };

export function startThread(input: WorkerInput, signal: AbortSignal): RepositoryThread {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./repository-worker.ts', import.meta.url), {
    workerData: input,
    resourceLimits: RESOURCE_LIMITS,
  });
  const messages = on(worker, 'message', { signal, close: ['exit'] });
  worker.on('error', () => {}); // next() rejects with it; a thread that is being stopped has no reader
  const onAbort = () => void worker.terminate();
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    next: async () => {
      const { value, done } = await messages.next().catch((error: unknown) => {
        throw signal.aborted ? signal.reason : translate(error);
      });
      if (done === true) throw new RepositoryError('the reading of the repository ended early');
      const [message] = value as [WorkerMessage];
      if (message.kind === 'faulty') throw new RepositoryError(message.message);
      return message;
    },
    askForChunk: (used) => worker.postMessage(used, used === undefined ? [] : [used]),
    stop: async () => {
      signal.removeEventListener('abort', onAbort);
      await worker.terminate();
    },
  };
}

function translate(error: unknown): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new RepositoryError('a record of the repository is too large to be read', { cause: error });
}
