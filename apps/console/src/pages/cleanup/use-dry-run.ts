import type { StartedCleanup } from '@updraft/console-api/views';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useApi } from '../../data/session.tsx';
import { useAction } from '../../data/use-action.ts';
import { type CleanupForm, wishesOf } from './cleanup-form.ts';
import { forgetForm, type StoredForm } from './stored-form.ts';

/** Reading a large repository takes minutes. */
export const READ_TIMEOUT_MS = 900_000;

/** What a form would delete. Who comes back from giving the permission sees the same again. */
export function useDryRun(stored: StoredForm, onFound: () => void) {
  const { sendJson } = useApi();
  const [found, setFound] = useState<StartedCleanup>();
  /** A form that was changed meanwhile has another answer. */
  const turn = useRef(0);
  const { run, isBusy, error } = useAction(async (form: CleanupForm) => {
    const mine = ++turn.current;
    setFound(undefined);
    const body = { ...wishesOf(form), actually_delete_stuff: false };
    const answer = await sendJson<StartedCleanup>('POST', '/repo/cleanup', body, undefined, READ_TIMEOUT_MS);
    if (mine !== turn.current) return;
    setFound(answer);
    onFound();
  });
  useEffect(() => {
    if (stored.isLooking) void run(stored.form);
    forgetForm();
  }, [stored, run]);
  const forget = (): void => {
    turn.current += 1;
    setFound(undefined);
  };
  return { found, look: (form: CleanupForm) => void run(form), isBusy, error, forget };
}
