import { type Logger, sleep } from '@updraft/service';
import type { ErasedAccounts } from '@updraft/store';

/** `pnpm admin erase` waits for longer than this before it removes rows. */
const LOOK_INTERVAL_MS = 3_000;

/** Reads the list of erased accounts every few seconds until the signal aborts. A list that can't be read is the last one. */
export async function followErasures(
  erased: Pick<ErasedAccounts, 'refresh'>,
  log: Pick<Logger, 'warn'>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await sleep(LOOK_INTERVAL_MS, signal);
      await erased.refresh({ signal });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'the list of erased accounts could not be read');
    }
  }
}
