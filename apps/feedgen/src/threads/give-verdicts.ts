import { parentPort } from 'node:worker_threads';

/** The answer to a question: a byte for each thing that it holds, 1 for yes, 0 for no. */
export interface Verdicts {
  readonly id: number;
  readonly verdicts: Uint8Array;
}

/** In the thread: answers each question with `judge`, which gets what the VerdictThread was asked. */
export function giveVerdicts(judge: (question: never) => boolean[]): void {
  parentPort?.on('message', ({ id, question }: { id: number; question: never }) => {
    const answer: Verdicts = { id, verdicts: Uint8Array.from(judge(question), Number) };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window
    parentPort?.postMessage(answer);
  });
}
