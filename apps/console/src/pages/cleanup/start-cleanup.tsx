import type { SessionView, StartedCleanup } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { formatCount } from '../../data/format.ts';
import { signInPath, useApi } from '../../data/session.tsx';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { CleanupError } from './cleanup-error.tsx';
import { type CleanupForm, wishesOf } from './cleanup-form.ts';
import { TYPE_WORDS, TYPES } from './cleanup-words.ts';
import { storeForm } from './stored-form.ts';
import { READ_TIMEOUT_MS } from './use-dry-run.ts';

interface StartCleanupProps {
  readonly found: StartedCleanup;
  readonly form: CleanupForm;
  readonly session: SessionView;
  readonly onStart: () => Promise<unknown>;
  readonly lookAgain: () => void;
}

/** The permission, where it is not given yet; then the button with the number, which asks once more. */
export function StartCleanup({ found, form, session, onStart, lookAgain }: StartCleanupProps) {
  const [isAsking, setAsking] = useState(false);
  const records = recordsOf(found.num_enqueued);
  if (!session.mayCleanUp)
    return (
      <section class="panel">
        <h3>Your permission</h3>
        <p>
          To delete {records}, Updraft needs your permission to delete records of your account. You give it at your
          account’s own server; it ends with the clean-up. Then you come back here, see this again, and confirm.
        </p>
        <a class="button primary" href={signInPath('/console/cleanup', 'cleanup')} onClick={() => storeForm(form)}>
          Give the permission
        </a>
      </section>
    );
  return (
    <section class="panel">
      <p>
        <strong>Deleted records do not come back.</strong> If you may want them again,{' '}
        <a
          href={`/console/export?${new URLSearchParams({ account: session.handle === '' ? session.did : session.handle })}`}
        >
          export your repository
        </a>{' '}
        first.
      </p>
      <Button kind="danger" onClick={() => setAsking(true)}>
        Delete {records} …
      </Button>
      {isAsking ? (
        <Ask found={found} form={form} onStart={onStart} lookAgain={lookAgain} close={() => setAsking(false)} />
      ) : null}
    </section>
  );
}

interface AskProps extends Omit<StartCleanupProps, 'session'> {
  readonly close: () => void;
}

function Ask({ found, form, onStart, lookAgain, close }: AskProps) {
  const { sendJson } = useApi();
  const { run, isBusy, error } = useAction(async () => {
    await sendJson('POST', '/repo/cleanup', realRequest(form, found), undefined, READ_TIMEOUT_MS);
    await onStart();
  });
  const records = recordsOf(found.num_enqueued);
  return (
    <Dialog title={`Delete ${records}?`} onClose={close}>
      <ul>
        {TYPES.filter((type) => (found.num_by_type?.[type] ?? 0) > 0).map((type) => (
          <li key={type}>
            {formatCount(found.num_by_type?.[type] ?? 0)} {TYPE_WORDS[type].title.toLowerCase()}
          </li>
        ))}
      </ul>
      <p>
        They go from your account for good. You can stop the clean-up while it runs; what is deleted by then stays
        deleted.
      </p>
      <CleanupError error={error} onPermission={() => storeForm(form)} />
      <p role="status" class="quiet">
        {isBusy ? 'Your repository is read once more before the clean-up begins.' : ''}
      </p>
      <div class="actions">
        <Button onClick={close}>Back</Button>
        {error?.status === 409 ? (
          <Button kind="primary" onClick={lookAgain}>
            Look again
          </Button>
        ) : (
          <Button kind="danger" isBusy={isBusy} onClick={() => void run()}>
            Delete {records}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

/** What was shown is what is confirmed: the same moment, the same numbers. */
function realRequest(form: CleanupForm, found: StartedCleanup) {
  const { delete_older_than: before, num_by_type: counts } = found;
  const { delete_until_days_ago: days, ...wishes } = wishesOf(form);
  return {
    ...wishes,
    ...(before === undefined ? { delete_until_days_ago: days } : { delete_older_than: before }),
    ...(counts !== undefined && { confirmed_num_by_type: counts }),
    actually_delete_stuff: true,
  };
}

function recordsOf(count: number): string {
  return count === 1 ? 'one record' : `${formatCount(count)} records`;
}
