import { type Logger, sleep } from '@updraft/service';
import { ERASED_INTERVAL_MS, type ErasedAccounts } from '@updraft/store';

/** Reads the list of erased accounts every few seconds until the signal aborts. A list that can't be read is the last one. */
export async function followErasures(
  erased: Pick<ErasedAccounts, 'refresh'>,
  log: Pick<Logger, 'warn'>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await sleep(ERASED_INTERVAL_MS, signal);
      await erased.refresh({ signal });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'the list of erased accounts could not be read');
    }
  }
}
