import type { SessionView } from '@updraft/console-api/views';
import { useRef, useState } from 'preact/hooks';
import { CleanupError } from './cleanup-error.tsx';
import { type CleanupForm, faultsOf } from './cleanup-form.ts';
import { DryRun } from './dry-run.tsx';
import { CleanupFields } from './fields.tsx';
import { storedForm, storeForm } from './stored-form.ts';
import { useDryRun } from './use-dry-run.ts';

interface NewCleanupProps {
  readonly session: SessionView;
  readonly onStart: () => Promise<unknown>;
}

/** The form, what it would delete, and the button that does. */
export function NewCleanup({ session, onStart }: NewCleanupProps) {
  const [stored] = useState(storedForm);
  const [form, setForm] = useState<CleanupForm>(stored.form);
  const [isChecked, setChecked] = useState(false);
  const result = useRef<HTMLDivElement>(null);
  const { found, look, isBusy, error, forget } = useDryRun(stored, () => result.current?.focus());
  const faults = faultsOf(form);
  const ask = (): void => {
    setChecked(true);
    if (Object.keys(faults).length === 0) look(form);
  };
  const change = (next: CleanupForm): void => {
    setForm(next);
    forget(); // what was found is of another form
  };
  return (
    <>
      <CleanupFields form={form} faults={isChecked ? faults : {}} change={change} submit={ask} isBusy={isBusy} />
      <p class="quiet" role="status">
        {isBusy ? 'Reading your repository. A large account takes a few minutes.' : ''}
      </p>
      <CleanupError error={error} onPermission={() => storeForm(form)} />
      <div ref={result} tabIndex={-1} class="dry-run">
        {found === undefined ? null : (
          <DryRun found={found} form={form} session={session} onStart={onStart} lookAgain={ask} />
        )}
      </div>
    </>
  );
}
