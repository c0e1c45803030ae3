import { stripVTControlCharacters } from 'node:util';

/** Below the limit of a test, so that a wait in vain says what it waited for. */
const PATIENCE_MS = 100_000;
/** Of what a program said last. */
const MAX_CHARACTERS = 1_500;

/** Of this file's servers, those that ended by themselves. */
const faults: Error[] = [];
/** What this file's programs said. */
const outputs = new Map<string, () => string>();

/** A server of this file has ended by a fault of its own: that is told at once, and ends each wait. */
export function noteFault(fault: Error): void {
  console.error(fault.message);
  faults.push(fault);
}

/** A wait in vain tells the end of what this program said; the last one of a name counts. */
export function tellOutputOf(name: string, output: () => string): void {
  outputs.set(name, output);
}

/**
 * Resolves when `condition` holds; rejects when it throws, when it takes too long, though it may never answer, and when a server has ended by
 * itself. A long wait asks less often, for each question costs the servers the time that they need for what is waited for.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string = condition.toString(),
): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`this did not come true: ${what}${lastWords()}`)), PATIENCE_MS);
  try {
    for (let pauseMs = 20; !(await Promise.race([condition(), late])); pauseMs = Math.min(100, pauseMs * 1.1)) {
      if (faults[0] !== undefined) throw faults[0];
      await Promise.race([new Promise((resolve) => setTimeout(resolve, pauseMs)), late]);
    }
  } finally {
    clearTimeout(timer);
  }
}

function lastWords(): string {
  const ends = [...outputs].map(
    ([name, output]) => `\n${name}: …${stripVTControlCharacters(output()).slice(-MAX_CHARACTERS)}`,
  );
  return ends.join('');
}
