import { Worker } from 'node:worker_threads';
import type { Verdicts } from './give-verdicts.ts';

/** A thread that gives a verdict, yes or no, on each thing that a question holds. */
export interface VerdictThread<Question> {
  /** Rejects when the thread is lost; the next question starts another. `transfer`: buffers that are handed over without a copy. */
  ask(question: Question, transfer?: readonly ArrayBuffer[]): Promise<boolean[]>;
  /** Starts the thread before its first question. */
  start(): void;
  close(): Promise<void>;
}

/** `module` is what the thread runs: it calls giveVerdicts(). */
export function createVerdictThread<Question>(module: URL, onLost: (error: unknown) => void): VerdictThread<Question> {
  const waiting = new Map<number, PromiseWithResolvers<boolean[]>>();
  let worker: Worker | undefined;
  let nextId = 0;

  function startWorker(): Worker {
    const made = new Worker(module);
    made.unref();
    made.on('message', ({ id, verdicts }: Verdicts) => {
      waiting.get(id)?.resolve(Array.from(verdicts, (verdict) => verdict === 1));
      waiting.delete(id);
    });
    made.once('error', onLost);
    made.once('exit', () => {
      worker = undefined;
      for (const { reject } of waiting.values()) reject(new Error('the thread has ended'));
      waiting.clear();
    });
    return made;
  }

  return {
    ask: (question, transfer = []) => {
      worker ??= startWorker();
      const id = nextId++;
      const answer = Promise.withResolvers<boolean[]>();
      waiting.set(id, answer);
      worker.postMessage({ id, question }, transfer);
      return answer.promise;
    },
    start: () => {
      worker ??= startWorker();
    },
    close: async () => {
      await worker?.terminate();
    },
  };
}
