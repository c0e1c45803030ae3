import { sleep } from '@updraft/service';
import type { RunningPart } from './part.ts';

export interface SilenceLimits {
  /** Between two questions. */
  readonly everyMs: number;
  /** How long one answer may take. */
  readonly timeoutMs: number;
  /** How many missing answers in a row end the part. */
  readonly missed: number;
}

const LIMITS: SilenceLimits = { everyMs: 2_000, timeoutMs: 5_000, missed: 3 };

/**
 * Asks a part again and again whether it is at work, and kills it when it gives no answer: a hung process is as bad as a dead one.
 * Resolves when the part is killed, or at the signal.
 */
export async function endWhenSilent(
  part: RunningPart,
  onSilence: () => void,
  signal: AbortSignal,
  { everyMs, timeoutMs, missed } = LIMITS,
): Promise<void> {
  if (part.answers === undefined) return;
  for (let inARow = 0; inARow < missed; ) {
    await sleep(everyMs, signal).catch(() => undefined); // the signal ends the wait
    if (signal.aborted) return;
    inARow = (await part.answers(timeoutMs)) ? 0 : inARow + 1;
  }
  if (signal.aborted) return;
  onSilence();
  await part.kill('SIGKILL');
}
