import { useEffect, useState } from 'preact/hooks';
import { getJson, type RequestError } from './request.ts';

export interface Live<T> {
  /** The last answer; it stays while later ones fail. */
  readonly value: T | undefined;
  /** Why the last request failed; undefined after one that did not. */
  readonly error: RequestError | undefined;
}

/** Asks for `path` now and every `everyMs`, while the page is visible. */
export function useLive<T>(path: string, everyMs: number): Live<T> {
  const [live, setLive] = useState<Live<T>>({ value: undefined, error: undefined });
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      clearTimeout(timer);
      if (document.hidden) return;
      try {
        const value = await getJson<T>(path, stop.signal);
        setLive({ value, error: undefined });
      } catch (error) {
        if (stop.signal.aborted) return;
        setLive(({ value }) => ({ value, error: error as RequestError }));
      }
      timer = setTimeout(() => void ask(), everyMs);
    };
    void ask();
    document.addEventListener('visibilitychange', () => void ask(), { signal: stop.signal });
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs]);
  return live;
}
