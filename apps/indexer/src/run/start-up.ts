import { backoff, type Logger, SetupError, sleep } from '@updraft/service';
import { StoreError } from '@updraft/store';

export interface StartUp {
  /** The variable with the server's address, for the message. */
  readonly name: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly waitMs?: number;
}

/** Servers that are started together come up in any order: they have this long. */
const WAIT_MS = 60_000;

/**
 * Gives the result of `call`, which is tried again while its server can't be reached.
 * @throws SetupError at once when another try can't help (a wrong password, missing migrations), and when the time is over.
 */
export async function untilReachable<T>(
  { name, log, signal, waitMs = WAIT_MS }: StartUp,
  call: () => Promise<T>,
): Promise<T> {
  const delays = backoff({ minMs: 200, maxMs: 5_000 });
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const left = deadline - performance.now();
      if (!error.shouldRetry()) throw new SetupError(error.message, { cause: error });
      if (left <= 0) throw new SetupError(`${name}: ${error.message}`, { cause: error });
      log.warn({ waitingForMs: Math.round(left) }, `${error.message}; trying again`);
      await sleep(Math.min(delays.next(), left), signal);
    }
  }
}
