import { Worker } from 'node:worker_threads';
import { RepositoryError } from '@updraft/repository';
import type { WorkerInput, WorkerMessage } from './worker-messages.ts';

/** The thread that reads one repository. */
export interface RepositoryThread {
  /** Its next message; rejects with what is wrong with the repository, or with the signal's reason. One call at a time. */
  next(): Promise<Exclude<WorkerMessage, { kind: 'faulty' }>>;
  /** `used`: the memory of a chunk that is done with, for the next one. */
  askForChunk(used: ArrayBuffer | undefined): void;
  stop(): Promise<void>;
}

/** What a repository takes does not depend on its size: MiB of the thread's heap. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 };

export function startThread(input: WorkerInput, signal: AbortSignal): RepositoryThread {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./repository-worker.ts', import.meta.url), {
    workerData: input,
    resourceLimits: RESOURCE_LIMITS,
  });
  const inbox = createInbox();
  const onAbort = () => {
    inbox.fail(signal.reason);
    void worker.terminate();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  worker.on('message', inbox.put);
  worker.on('error', (error: unknown) => inbox.fail(translate(error)));
  worker.on('exit', () => inbox.fail(new RepositoryError('the reading of the repository ended early')));
  return {
    next: async () => {
      const message = await inbox.take();
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

interface Inbox {
  put(message: WorkerMessage): void;
  fail(error: unknown): void;
  /** What has come is given before a failure is. */
  take(): Promise<WorkerMessage>;
}

function createInbox(): Inbox {
  const messages: WorkerMessage[] = [];
  let failure: { readonly error: unknown } | undefined;
  let waiting: PromiseWithResolvers<WorkerMessage> | undefined;
  const settle = () => {
    const message = waiting === undefined ? undefined : messages.shift();
    if (message !== undefined) waiting?.resolve(message);
    else if (failure !== undefined) waiting?.reject(failure.error);
    else return;
    waiting = undefined;
  };
  return {
    put: (message) => {
      messages.push(message);
      settle();
    },
    fail: (error) => {
      failure ??= { error };
      settle();
    },
    take: () => {
      waiting = Promise.withResolvers<WorkerMessage>();
      const { promise } = waiting;
      settle();
      return promise;
    },
  };
}

function translate(error: unknown): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new RepositoryError('a record of the repository is too large to be read', { cause: error });
}
