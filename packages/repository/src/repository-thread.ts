import { on } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';
import { RepositoryError } from './repository-error.ts';

/** The repository has a fault: what reportFaults() sends in place of an answer. */
export interface Faulty {
  readonly kind: 'faulty';
  readonly message: string;
}

/** A thread that reads one repository, so that hashing and decoding delay nothing else. It sends messages of these kinds. */
export interface RepositoryThread<Message> {
  /** The next message. @throws RepositoryError, or the signal's reason */
  next(): Promise<Message>;
  /** Asks for a chunk. `used`: the memory of one that has been read, for the next one. */
  askForChunk(used?: ArrayBuffer): void;
  stop(): Promise<void>;
}

/** MiB of the thread's heap: enough for a repository of any size. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 };

/** Starts a module as the thread. `input` is its workerData. */
export function startRepositoryThread<Message extends { readonly kind: string }>(
  module: URL,
  input: object,
  signal: AbortSignal,
): RepositoryThread<Exclude<Message, Faulty>> {
  signal.throwIfAborted();
  const worker = new Worker(module, { workerData: input, resourceLimits: RESOURCE_LIMITS });
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
      const [message] = value as [Message | Faulty];
      if (isFaulty(message)) throw new RepositoryError(message.message);
      return message as Exclude<Message, Faulty>;
    },
    askForChunk: (used) => worker.postMessage(used, used === undefined ? [] : [used]),
    stop: async () => {
      signal.removeEventListener('abort', onAbort);
      await worker.terminate();
    },
  };
}

/** In the thread: runs `act`, and sends what is wrong with the repository in place of its answer. */
export function reportFaults(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof RepositoryError)) throw error;
    const fault: Faulty = { kind: 'faulty', message: error.message };
    parentPort?.postMessage(fault, []);
  }
}

function isFaulty(message: { readonly kind: string }): message is Faulty {
  return message.kind === 'faulty';
}

function translate(error: unknown): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new RepositoryError('a record of the repository is too large to be read', { cause: error });
}
