import { every, type Logger } from '@updraft/service';
import { ERASED_INTERVAL_MS, type ErasedAccounts } from '@updraft/store';

/** Reads the list of erased accounts every few seconds until the signal aborts. While it can't be read, the last one counts. */
export async function followErasures(
  erased: Pick<ErasedAccounts, 'refresh'>,
  log: Pick<Logger, 'warn'>,
  signal: AbortSignal,
): Promise<void> {
  const refresh = () => erased.refresh({ signal });
  await every(ERASED_INTERVAL_MS, signal, refresh, (err) =>
    log.warn({ err }, 'the list of erased accounts could not be read'),
  );
}
