import { RequestError } from './request.ts';

export interface Poll<T> {
  /** Asks now, after a question that is under way: that one may not know the newest. Undefined where it fails. */
  again(): Promise<T | undefined>;
  stop(): void;
}

export interface PollOptions<T> {
  readonly ask: (signal: AbortSignal) => Promise<T>;
  readonly everyMs: number;
  readonly onAnswer: (value: T) => void;
  readonly onFault: (error: RequestError) => void;
}

/** Asks now and again while the page is visible: less often while it fails, and not before the server's Retry-After. */
export function createPoll<T>({ ask, everyMs, onAnswer, onFault }: PollOptions<T>): Poll<T> {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<T | undefined> | undefined;
  let failures = 0;
  let notBefore = 0;

  const run = async (): Promise<T | undefined> => {
    clearTimeout(timer);
    let waitMs = everyMs;
    try {
      const value = await ask(stop.signal);
      failures = 0;
      if (!stop.signal.aborted) onAnswer(value);
      return value;
    } catch (error) {
      if (stop.signal.aborted) return undefined;
      const fault = error instanceof RequestError ? error : new RequestError(String(error), 0);
      failures += 1;
      waitMs = waitAfter(fault, everyMs, failures);
      notBefore = Date.now() + (fault.retryAfterS === undefined ? 0 : waitMs);
      onFault(fault);
      return undefined;
    } finally {
      running = undefined;
      if (!stop.signal.aborted && !document.hidden) timer = setTimeout(() => void now(), waitMs);
    }
  };
  const now = (): Promise<T | undefined> => {
    running ??= run();
    return running;
  };
  const wake = (): void => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(() => void now(), Math.max(0, notBefore - Date.now()));
  };
  document.addEventListener('visibilitychange', wake, { signal: stop.signal });
  addEventListener('online', wake, { signal: stop.signal });
  void now();
  return {
    again: async () => {
      await running;
      return now();
    },
    stop: () => {
      stop.abort();
      clearTimeout(timer);
    },
  };
}

const MAX_WAIT_MS = 60_000;
const MAX_RETRY_AFTER_MS = 300_000;

/** How long to wait after the `failures`-th failure in a row. */
function waitAfter({ retryAfterS }: RequestError, everyMs: number, failures: number): number {
  if (retryAfterS !== undefined) return Math.min(Math.max(retryAfterS * 1000, 1_000), MAX_RETRY_AFTER_MS);
  return Math.max(everyMs, Math.min(everyMs * 2 ** (failures - 1), MAX_WAIT_MS));
}
