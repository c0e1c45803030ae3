import { Worker } from 'node:worker_threads';
import type { ValidityAnswer, ValidityQuestion } from './validity-worker.ts';

/** Judges records in a thread of its own: a third of a millisecond each is too much for the loop that gives pages. */
export interface ValidityThread {
  /** Whether each record keeps to its lexicon. Rejects when the thread is lost; the next question starts another. */
  areValid(records: readonly string[]): Promise<boolean[]>;
  close(): Promise<void>;
}

/** The thread starts with the first question. */
export function createValidityThread({ onLost }: { onLost: (error: unknown) => void }): ValidityThread {
  const waiting = new Map<number, PromiseWithResolvers<boolean[]>>();
  let worker: Worker | undefined;
  let nextId = 0;

  function start(): Worker {
    const made = new Worker(new URL('./validity-worker.ts', import.meta.url));
    made.unref();
    made.on('message', ({ id, verdicts }: ValidityAnswer) => {
      waiting.get(id)?.resolve(Array.from(verdicts, (verdict) => verdict === 1));
      waiting.delete(id);
    });
    made.once('error', onLost);
    made.once('exit', () => {
      worker = undefined;
      for (const { reject } of waiting.values()) reject(new Error('the thread that validates records has ended'));
      waiting.clear();
    });
    return made;
  }

  return {
    areValid: (records) => {
      worker ??= start();
      const id = nextId++;
      const answer = Promise.withResolvers<boolean[]>();
      waiting.set(id, answer);
      const question: ValidityQuestion = { id, records };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
      worker.postMessage(question);
      return answer.promise;
    },
    close: async () => {
      await worker?.terminate();
    },
  };
}
