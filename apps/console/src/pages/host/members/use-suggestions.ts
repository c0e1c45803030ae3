import { useEffect, useState } from 'preact/hooks';
import { useApi } from '../../../data/session.tsx';

export interface Suggestion {
  readonly did: string;
  readonly handle: string;
  readonly displayName: string;
}

const PAUSE_MS = 180;

/** Accounts whose handle begins as typed. Nothing while it can't be a handle, and nothing when they can't be had: the handle can be typed in full. */
export function useSuggestions(text: string): readonly Suggestion[] {
  const { getJson } = useApi();
  const q = text.trim().replace(/^@/, '').toLowerCase();
  const [known, setKnown] = useState<{ readonly q: string; readonly accounts: readonly Suggestion[] }>();
  useEffect(() => {
    if (!/^[a-z0-9.-]+$/.test(q)) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      getJson<{ accounts: readonly Suggestion[] }>(
        `/api/admin/account_suggestions?${new URLSearchParams({ q })}`,
        stop.signal,
      )
        .then(({ accounts }) => setKnown({ q, accounts }))
        .catch(() => undefined);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [q, getJson]);
  return known?.q === q ? known.accounts : [];
}
