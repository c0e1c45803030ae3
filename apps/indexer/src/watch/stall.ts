import { SetupError, sleep } from '@updraft/service';
import type { IndexerStatus } from './status.ts';

export interface StallWatch {
  readonly status: Pick<IndexerStatus, 'isLive'>;
  /** For the message. */
  readonly stalledAfterMs: number;
  /** How long /healthz may fail before the process ends itself: time for a supervisor that looks at it, and for a scrape. */
  readonly graceMs: number;
}

const LOOKS = 10;

/** Rejects with a SetupError when nothing has happened for so long that only a restart can help; resolves when the signal aborts. */
export async function watchForStall(
  { status, stalledAfterMs, graceMs }: StallWatch,
  signal: AbortSignal,
): Promise<void> {
  let failing = 0;
  while (!signal.aborted) {
    await sleep(graceMs / LOOKS, signal).catch(() => {}); // aborted: the loop ends
    failing = status.isLive() ? 0 : failing + 1;
    if (failing > LOOKS && !signal.aborted) {
      const seconds = Math.round((stalledAfterMs + graceMs) / 1000);
      throw new SetupError(
        `stalled: no event, no connection and no write for ${seconds} s; ending, so that a supervisor starts it again (STALL_TIMEOUT)`,
      );
    }
  }
}
