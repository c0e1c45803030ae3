import type { SessionView, StartedCleanup } from '@updraft/console-api/views';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useApi } from '../../data/session.tsx';
import { useAction } from '../../data/use-action.ts';
import { CleanupError } from './cleanup-error.tsx';
import { type CleanupForm, faultsOf, wishesOf } from './cleanup-form.ts';
import { DryRun } from './dry-run.tsx';
import { CleanupFields } from './fields.tsx';
import { forgetForm, storedForm, storeForm } from './stored-form.ts';

/** Reading a large repository takes minutes. */
export const READ_TIMEOUT_MS = 900_000;

interface NewCleanupProps {
  readonly session: SessionView;
  readonly onStart: () => Promise<unknown>;
}

/** The form, what it would delete, and the button that does. */
export function NewCleanup({ session, onStart }: NewCleanupProps) {
  const { sendJson } = useApi();
  const [stored] = useState(storedForm);
  const [form, setForm] = useState<CleanupForm>(stored.form);
  const [isChecked, setChecked] = useState(false);
  const [found, setFound] = useState<StartedCleanup>();
  const result = useRef<HTMLDivElement>(null);
  const look = useAction(async (wanted: CleanupForm) => {
    setFound(undefined);
    const body = { ...wishesOf(wanted), actually_delete_stuff: false };
    setFound(await sendJson<StartedCleanup>('POST', '/repo/cleanup', body, undefined, READ_TIMEOUT_MS));
    result.current?.focus();
  });
  const faults = faultsOf(form);
  const ask = (): void => {
    setChecked(true);
    if (Object.keys(faults).length === 0) void look.run(form);
  };
  // Who comes back from giving the permission sees the same again.
  const { run } = look;
  useEffect(() => {
    if (stored.isLooking) void run(stored.form);
    forgetForm();
  }, [stored, run]);
  const change = (next: CleanupForm): void => {
    setForm(next);
    setFound(undefined); // it was of another form
  };
  return (
    <>
      <CleanupFields form={form} faults={isChecked ? faults : {}} change={change} submit={ask} isBusy={look.isBusy} />
      <p class="quiet" role="status">
        {look.isBusy ? 'Reading your repository. A large account takes a few minutes.' : ''}
      </p>
      <CleanupError error={look.error} onPermission={() => storeForm(form)} />
      <div ref={result} tabIndex={-1} class="dry-run">
        {found === undefined ? null : (
          <DryRun found={found} form={form} session={session} onStart={onStart} lookAgain={ask} />
        )}
      </div>
    </>
  );
}
