import { backoff, sleep } from '@updraft/service';
import { UnavailableError } from '../errors.ts';

export interface RetryOptions {
  /** A try failed; the next one comes in so many milliseconds. */
  readonly onRetry?: ((error: UnavailableError, inMs: number) => void) | undefined;
  /** Something came. */
  readonly onAnswer?: (() => void) | undefined;
  /** After so many tries the error is thrown; without it there is always another. */
  readonly tries?: number | undefined;
  /** Between tries, from here up to MAX_WAIT_MS. */
  readonly minWaitMs?: number | undefined;
}

const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 60_000;

/**
 * Does it again as long as it fails with an UnavailableError. `act` may say that something came: then the next wait is short again.
 * @throws whatever else it throws, and the signal's reason.
 */
export async function withRetry<T>(
  act: (onProgress: () => void) => Promise<T>,
  options: RetryOptions,
  signal: AbortSignal,
): Promise<T> {
  const { onRetry, onAnswer, tries = Number.POSITIVE_INFINITY, minWaitMs = MIN_WAIT_MS } = options;
  const waits = backoff({ minMs: minWaitMs, maxMs: Math.max(minWaitMs, MAX_WAIT_MS) });
  const onProgress = (): void => {
    waits.reset();
    onAnswer?.();
  };
  for (let tried = 1; ; tried++) {
    try {
      const result = await act(onProgress);
      onAnswer?.();
      return result;
    } catch (error) {
      if (!(error instanceof UnavailableError) || tried >= tries) throw error;
      const inMs = Math.max(waits.next(), error.retryAfterMs ?? 0);
      onRetry?.(error, inMs);
      await sleep(inMs, signal);
    }
  }
}
