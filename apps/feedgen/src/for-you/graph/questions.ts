import type { Worker } from 'node:worker_threads';
import type { GraphAnswer, GraphMessage, GraphQuestion } from './messages.ts';

const MAX_WAITING = 256;

/** What the thread was asked and has not answered yet. */
export function createQuestions() {
  const asked = new Map<number, PromiseWithResolvers<GraphAnswer>>();
  let lastId = 0;
  return {
    waiting: () => asked.size,
    isFull: () => asked.size >= MAX_WAITING,
    ask: (question: Omit<GraphQuestion, 'id'>, worker: Worker): Promise<GraphAnswer> => {
      const id = ++lastId;
      const answer = Promise.withResolvers<GraphAnswer>();
      asked.set(id, answer);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
      worker.postMessage({ ...question, id } satisfies GraphQuestion);
      return answer.promise;
    },
    settle: (message: Exclude<GraphMessage, { state: unknown }>): void => {
      const waiting = asked.get(message.id);
      asked.delete(message.id);
      if ('error' in message) waiting?.reject(message.error);
      else waiting?.resolve(message.answer);
    },
    rejectAll: (error: Error): void => {
      for (const { reject } of asked.values()) reject(error);
      asked.clear();
    },
  };
}
