import { sleep } from '@updraft/service';
import { StoreError } from '../errors.ts';
import type { StoreLog } from '../log.ts';
import type { Backoff } from './batch-writer.ts';

export interface BatchWriterHooks {
  /** A try failed and another follows in `delayMs`. */
  onRetry?(table: string, error: StoreError, tries: number, delayMs: number): void;
  /** Rows are acknowledged; `durationMs` spans all tries. */
  onWritten?(table: string, rows: number, durationMs: number): void;
  /** A row was refused alone and stands in rejected_events. */
  onSetAside?(table: string, error: StoreError): void;
  /** Something that time alone does not mend: nothing is dropped, it is tried again until somebody acts. */
  onHeld?(table: string, error: StoreError): void;
}

export interface Retrying {
  table: string;
  log: StoreLog;
  metrics: BatchWriterHooks;
  backoff: Backoff;
  signal: AbortSignal;
  /** Errors that the caller wants at once instead of another try. */
  isFinal(error: StoreError): boolean;
}

/** Runs `attempt` until it succeeds; throws what is final, the signal's reason, and what is no StoreError (a bug). */
export async function retrying<T>(
  { table, log, metrics, backoff, signal, isFinal }: Retrying,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      const result = await attempt();
      if (tries > 1) log.info({ table, tries }, 'ClickHouse takes rows again');
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof StoreError) || isFinal(error)) throw error;
      const delayMs = backoff.next();
      metrics.onRetry?.(table, error, tries, delayMs);
      if (!error.shouldRetry()) metrics.onHeld?.(table, error);
      // The first failure and each one that needs a person are worth a line; the rest is the metric's.
      if (tries === 1 || !error.shouldRetry())
        log[error.shouldRetry() ? 'warn' : 'error'](
          { table, err: error, tries, delayMs },
          'a write failed and is tried again',
        );
      await sleep(delayMs, signal);
    }
  }
}
