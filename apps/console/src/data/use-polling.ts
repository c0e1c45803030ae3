import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { createPoll, type Poll } from './poll.ts';
import type { RequestError } from './request.ts';

export interface Live<T> {
  /** The last answer; it stays while later ones fail. */
  readonly value: T | undefined;
  /** Why the last request failed; undefined after one that did not. */
  readonly error: RequestError | undefined;
  /** Asks now; gives the answer, undefined where it fails. */
  readonly reload: () => Promise<T | undefined>;
}

interface State<T> {
  readonly key: string | undefined;
  readonly value: T | undefined;
  readonly error: RequestError | undefined;
}

/** Asks now and every `everyMs`. Another key begins anew; an undefined one asks nothing. */
export function usePolling<T>(
  key: string | undefined,
  ask: (signal: AbortSignal) => Promise<T>,
  everyMs: number,
): Live<T> {
  const [state, setState] = useState<State<T>>({ key, value: undefined, error: undefined });
  const latest = useRef(ask);
  latest.current = ask;
  const poll = useRef<Poll<T> | undefined>(undefined);
  useEffect(() => {
    if (key === undefined) return undefined;
    const made = createPoll<T>({
      ask: (signal) => latest.current(signal),
      everyMs,
      onAnswer: (value) => setState({ key, value, error: undefined }),
      onFault: (error) => setState((known) => ({ key, value: known.key === key ? known.value : undefined, error })),
    });
    poll.current = made;
    return () => {
      poll.current = undefined;
      made.stop();
    };
  }, [key, everyMs]);
  const reload = useCallback(async () => poll.current?.again(), []);
  const isOfKey = state.key === key;
  return { value: isOfKey ? state.value : undefined, error: isOfKey ? state.error : undefined, reload };
}
