import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type RequestError, toRequestError } from './request.ts';

export interface Action<A extends readonly unknown[]> {
  /** Gives whether it succeeded. While one is under way, another does nothing. */
  readonly run: (...args: A) => Promise<boolean>;
  readonly isBusy: boolean;
  /** Why the last one failed. */
  readonly error: RequestError | undefined;
}

/** Something that a button does. Show its error with `ActionError`. */
export function useAction<A extends readonly unknown[]>(action: (...args: A) => Promise<unknown>): Action<A> {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<RequestError>();
  const latest = useRef(action);
  latest.current = action;
  const state = useRef({ isBusy: false, isGone: false });
  useEffect(() => {
    state.current.isGone = false;
    return () => {
      state.current.isGone = true;
    };
  }, []);
  const run = useCallback(async (...args: A) => {
    if (state.current.isBusy) return false;
    state.current.isBusy = true;
    setBusy(true);
    setError(undefined);
    try {
      await latest.current(...args);
      return true;
    } catch (fault) {
      if (!state.current.isGone) setError(toRequestError(fault));
      return false;
    } finally {
      state.current.isBusy = false;
      if (!state.current.isGone) setBusy(false);
    }
  }, []);
  return { run, isBusy, error };
}
