import type { StartedCleanup } from '@updraft/console-api/views';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useApi } from '../../data/session.tsx';
import { useAction } from '../../data/use-action.ts';
import { type CleanupForm, faultsOf, wishesOf } from './cleanup-form.ts';
import type { StoredForm } from './stored-form.ts';

/** What a form would delete. Who comes back to the page sees the same again. */
export function useDryRun({ form: known, isLooking }: StoredForm, onFound: () => void) {
  const { sendJson } = useApi();
  const [found, setFound] = useState<StartedCleanup>();
  const latest = useRef<AbortController | undefined>(undefined);
  const { run, isBusy, error } = useAction(async (form: CleanupForm) => {
    const stop = new AbortController();
    latest.current = stop;
    setFound(undefined);
    const body = { ...wishesOf(form), actually_delete_stuff: false };
    try {
      const options = { signal: stop.signal, isPatient: true };
      const answer = await sendJson<StartedCleanup>('POST', '/repo/cleanup', body, options);
      if (stop.signal.aborted) return;
      setFound(answer);
      onFound();
    } catch (fault) {
      if (!stop.signal.aborted) throw fault;
    }
  });
  const [first] = useState(() => (isLooking && Object.keys(faultsOf(known)).length === 0 ? known : undefined));
  useEffect(() => {
    if (first !== undefined) void run(first);
    return () => latest.current?.abort();
  }, [first, run]);
  /** A form that was changed has another answer: the server need not look for this one any more. */
  const forget = (): void => {
    latest.current?.abort();
    setFound(undefined);
  };
  return { found, look: (form: CleanupForm) => void run(form), isBusy, error, forget };
}
