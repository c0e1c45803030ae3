import { pause, SetupError } from '@updraft/service';
import type { IndexerStatus } from './status.ts';

/** How long /healthz may fail before the process ends itself, at most: time for a supervisor that watches it, and for a scrape. */
const MAX_GRACE_MS = 30_000;
const LOOKS = 10;

/** Rejects with a SetupError when the run has stalled; settles with the run otherwise. */
export async function endIfStalled(
  run: Promise<void>,
  status: Pick<IndexerStatus, 'isLive'>,
  stallTimeoutMs: number,
): Promise<void> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  run.then(stop, stop);
  const graceMs = Math.min(MAX_GRACE_MS, stallTimeoutMs / 2);
  for (let failing = 0; failing <= LOOKS; failing = status.isLive() ? 0 : failing + 1) {
    await pause(graceMs / LOOKS, over.signal);
    if (over.signal.aborted) return await run;
  }
  const seconds = Math.round((stallTimeoutMs + graceMs) / 1000);
  throw new SetupError(
    `stalled: no event, no connection and no write for ${seconds} s (STALL_TIMEOUT). This process ends, so that a supervisor starts it again`,
  );
}
