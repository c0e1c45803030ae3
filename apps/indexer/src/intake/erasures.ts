import { type Logger, sleep } from '@updraft/service';
import { ERASED_INTERVAL_MS, type ErasedAccounts } from '@updraft/store';
import { unlessAborted } from '../run/unless-aborted.ts';

/** Reads the list of erased accounts every few seconds until the signal aborts. While it can't be read, the last one counts. */
export async function followErasures(
  erased: Pick<ErasedAccounts, 'refresh'>,
  log: Pick<Logger, 'warn'>,
  signal: AbortSignal,
): Promise<void> {
  while (await unlessAborted(sleep(ERASED_INTERVAL_MS, signal))) {
    await erased.refresh({ signal }).catch((err: unknown) => {
      if (!signal.aborted) log.warn({ err }, 'the list of erased accounts could not be read');
    });
  }
}
