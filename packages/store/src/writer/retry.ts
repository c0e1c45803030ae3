import { type Backoff, sleep } from '@updraft/service';
import { StoreError } from '../errors.ts';
import type { StoreLog } from '../log.ts';

export interface BatchWriterHooks {
  /** A try failed and another follows in `delayMs`. */
  onRetry?(table: string, error: StoreError, tries: number, delayMs: number): void;
  /** Rows are acknowledged; `durationMs` spans all tries. */
  onWritten?(table: string, rows: number, durationMs: number): void;
  /** A row was refused alone and is in rejected_events. */
  onSetAside?(table: string, error: StoreError): void;
  /** A fault that time alone doesn't mend: nothing is dropped, and the write is tried again until somebody acts. */
  onHeld?(table: string, error: StoreError): void;
}

export interface Retrying {
  table: string;
  log: StoreLog;
  metrics: BatchWriterHooks;
  backoff: Backoff;
  signal: AbortSignal;
}

/** Runs `attempt` until it succeeds. Throws the signal's reason, and any error that is not a StoreError (a bug). */
export async function retrying<T>(
  { table, log, metrics, backoff, signal }: Retrying,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      const result = await attempt();
      if (tries > 1) log.info({ table, tries }, 'ClickHouse takes rows again');
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof StoreError)) throw error;
      const delayMs = backoff.next();
      metrics.onRetry?.(table, error, tries, delayMs);
      if (!error.shouldRetry()) metrics.onHeld?.(table, error);
      // The first failure, and each one that needs a person, gets a log line; the metric counts the others.
      if (tries === 1 || !error.shouldRetry())
        log[error.shouldRetry() ? 'warn' : 'error'](
          { table, err: error, tries, delayMs },
          'a write failed and is tried again',
        );
      await sleep(delayMs, signal);
    }
  }
}
