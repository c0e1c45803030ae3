import { backoff, sleep } from '@updraft/service';
import { UnavailableError } from '../errors.ts';

export interface RetryOptions {
  /** A try failed; the next one comes in so many milliseconds. */
  readonly onRetry?: ((error: UnavailableError, inMs: number) => void) | undefined;
  /** After so many tries the error is thrown; without it there is always another. */
  readonly tries?: number | undefined;
  /** Between tries, from here up to MAX_WAIT_MS. */
  readonly minWaitMs?: number | undefined;
}

const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 60_000;
/** What a host may ask for at most. */
const MAX_RETRY_AFTER_MS = 15 * 60_000;

/**
 * Does it again as long as it fails with an UnavailableError. `act` may say that something came: then the next wait is short again.
 * @throws whatever else it throws, and the signal's reason.
 */
export async function withRetry<T>(
  act: (onProgress: () => void) => Promise<T>,
  options: RetryOptions,
  signal: AbortSignal,
): Promise<T> {
  const { onRetry, tries = Number.POSITIVE_INFINITY, minWaitMs = MIN_WAIT_MS } = options;
  const waits = backoff({ minMs: minWaitMs, maxMs: Math.max(minWaitMs, MAX_WAIT_MS) });
  for (let tried = 1; ; tried++) {
    try {
      return await act(waits.reset);
    } catch (error) {
      if (!(error instanceof UnavailableError) || tried >= tries) throw error;
      const inMs = Math.max(waits.next(), Math.min(error.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
      onRetry?.(error, inMs);
      await sleep(inMs, signal);
    }
  }
}
