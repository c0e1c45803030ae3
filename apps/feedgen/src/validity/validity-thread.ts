import { createVerdictThread } from '../threads/verdict-thread.ts';

/** Judges records in a thread of its own: each takes a third of a millisecond, too long for the loop that serves pages. */
export interface ValidityThread {
  /** Whether each record keeps to its lexicon. Rejects when the thread is lost; the next question starts another. */
  areValid(records: readonly string[]): Promise<boolean[]>;
  close(): Promise<void>;
}

export function createValidityThread({ onLost }: { onLost: (error: unknown) => void }): ValidityThread {
  const { ask, close } = createVerdictThread<readonly string[]>(new URL('validity-worker.ts', import.meta.url), onLost);
  return { areValid: (records) => ask(records), close };
}
