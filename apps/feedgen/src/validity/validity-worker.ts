import { enableCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';

enableCompileCache(); // the lexicons take a second to compile
const { isValidPost } = await import('./post-validity.ts');

/** Records to judge. */
export interface ValidityQuestion {
  readonly id: number;
  readonly records: readonly string[];
}

/** A byte for each record: 1 valid, 0 not. */
export interface ValidityAnswer {
  readonly id: number;
  readonly verdicts: Uint8Array;
}

/** What the validator itself can't take is not the record's fault. */
function verdictOf(record: string): number {
  try {
    return isValidPost(record) ? 1 : 0;
  } catch {
    return 1;
  }
}

parentPort?.on('message', ({ id, records }: ValidityQuestion) => {
  const answer: ValidityAnswer = { id, verdicts: Uint8Array.from(records, verdictOf) };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window
  parentPort?.postMessage(answer);
});
