import { type RequestError, toRequestError } from './request.ts';

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
  const pace = createPace(everyMs);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<T | undefined> | undefined;

  const schedule = (waitMs: number): void => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(() => void now(), waitMs);
  };
  const run = async (): Promise<T | undefined> => {
    const { value, fault } = await attempt(ask, stop.signal);
    running = undefined;
    if (stop.signal.aborted) return undefined;
    if (fault !== undefined) onFault(fault);
    else onAnswer(value as T);
    schedule(pace.after(fault));
    return value;
  };
  const now = (): Promise<T | undefined> => {
    clearTimeout(timer);
    running ??= run();
    return running;
  };
  const wake = () => schedule(pace.untilAllowed());
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

async function attempt<T>(
  ask: PollOptions<T>['ask'],
  signal: AbortSignal,
): Promise<{ readonly value?: T; readonly fault?: RequestError }> {
  try {
    return { value: await ask(signal) };
  } catch (error) {
    return { fault: toRequestError(error) };
  }
}

/** After a first fault it asks again soon, however seldom it asks otherwise. */
const FIRST_WAIT_MS = 3_000;
const MAX_WAIT_MS = 60_000;
const MAX_RETRY_AFTER_MS = 300_000;

/** When to ask next. */
export function createPace(everyMs: number) {
  let failures = 0;
  let notBefore = 0;
  return {
    /** How long to wait after an answer, or after a fault. */
    after: (fault: RequestError | undefined): number => {
      failures = fault === undefined ? 0 : failures + 1;
      notBefore = 0;
      if (fault === undefined) return everyMs;
      if (fault.retryAfterS === undefined)
        return Math.min(Math.min(everyMs, FIRST_WAIT_MS) * 2 ** (failures - 1), MAX_WAIT_MS);
      const waitMs = Math.min(Math.max(fault.retryAfterS * 1000, 1_000), MAX_RETRY_AFTER_MS);
      notBefore = Date.now() + waitMs;
      return waitMs;
    },
    /** How long the server's Retry-After forbids to ask, even when the page is looked at again. */
    untilAllowed: (): number => Math.max(0, notBefore - Date.now()),
  };
}
