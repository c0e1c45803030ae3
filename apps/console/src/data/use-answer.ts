import { useEffect, useRef, useState } from 'preact/hooks';
import { isRefusal, type RequestError, toRequestError } from './request.ts';
import { useApi } from './session.tsx';

const RETRY_MS = 3_000;

type OnAnswer<T> = (value: T) => void;

/**
 * Asks for `url` once and hands its answer over; an undefined one asks nothing, another ends the question before it. After a fault it asks
 * again by itself, unless the question was refused. Gives the fault until then.
 */
export function useAnswer<T>(url: string | undefined, onAnswer: OnAnswer<T>): RequestError | undefined {
  const { getJson } = useApi();
  const [fault, setFault] = useState<{ url: string; error: RequestError }>();
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(onAnswer);
  latest.current = onAnswer;
  useEffect(() => {
    if (url === undefined) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    getJson<T>(url, stop.signal).then(
      (value) => {
        if (stop.signal.aborted) return;
        setFault(undefined);
        latest.current(value);
      },
      (thrown: unknown) => {
        if (stop.signal.aborted) return;
        const error = toRequestError(thrown);
        setFault({ url, error });
        if (isRefusal(error)) return;
        const waitMs = Math.max((error.retryAfterS ?? 0) * 1000, RETRY_MS);
        timer = setTimeout(() => whenSeen(() => setAttempt((attempts) => attempts + 1), stop.signal), waitMs);
      },
    );
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [url, attempt, getJson]);
  return fault?.url === url ? fault?.error : undefined;
}

/** A page that nobody looks at asks nothing. */
function whenSeen(ask: () => void, signal: AbortSignal): void {
  if (!document.hidden) return ask();
  document.addEventListener('visibilitychange', ask, { once: true, signal });
  return undefined;
}
