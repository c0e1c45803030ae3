import type { SessionView } from '@updraft/console-api/views';
import { useRef, useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { CleanupError } from './cleanup-error.tsx';
import { type CleanupForm, faultsOf } from './cleanup-form.ts';
import { DryRun } from './dry-run.tsx';
import { CleanupFields } from './fields.tsx';
import type { StartOutcome } from './start-cleanup.tsx';
import { storedForm, storeForm } from './stored-form.ts';
import { useDryRun } from './use-dry-run.ts';

interface NewCleanupProps {
  readonly session: SessionView;
  readonly onStart: (outcome: StartOutcome) => Promise<unknown>;
}

/** The form, what it would delete, and the button that does. */
export function NewCleanup({ session, onStart }: NewCleanupProps) {
  const { did } = session;
  const [stored] = useState(() => storedForm(did));
  const [form, setForm] = useState<CleanupForm>(stored.form);
  const [isChecked, setChecked] = useState(false);
  const result = useRef<HTMLDivElement>(null);
  const { found, look, isBusy, error, forget } = useDryRun(stored, () => result.current?.focus());
  const faults = faultsOf(form);
  const ask = (): void => {
    setChecked(true);
    if (Object.keys(faults).length > 0) return;
    storeForm(did, { form, isLooking: true });
    look(form);
  };
  const change = (next: CleanupForm): void => {
    setForm(next);
    storeForm(did, { form: next, isLooking: false });
    forget();
  };
  return (
    <>
      <CleanupFields form={form} faults={isChecked ? faults : {}} change={change} submit={ask} isBusy={isBusy} />
      <Looking isBusy={isBusy} stop={forget} />
      <CleanupError error={error} />
      <div ref={result} tabIndex={-1} class="dry-run">
        {found === undefined ? null : (
          <DryRun found={found} form={form} session={session} onStart={onStart} lookAgain={ask} />
        )}
      </div>
    </>
  );
}

function Looking({ isBusy, stop }: { isBusy: boolean; stop: () => void }) {
  return (
    <>
      <p class="quiet" role="status">
        {isBusy ? 'Your repository is read from your account’s server. A large account takes a few minutes.' : ''}
      </p>
      {isBusy ? (
        <div class="looking">
          <progress aria-label="Reading your repository" />
          <Button onClick={stop}>Stop</Button>
        </div>
      ) : null}
    </>
  );
}
