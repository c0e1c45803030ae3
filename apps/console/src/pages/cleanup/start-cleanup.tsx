import type { SessionView, StartedCleanup } from '@updraft/console-api/views';
import { useRef, useState } from 'preact/hooks';
import type { RequestError } from '../../data/request.ts';
import { signInPath, useApi, useSession } from '../../data/session.tsx';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../parts/button.tsx';
import { AskOnceMore } from './ask-once-more.tsx';
import { BeforeYouDelete } from './before-you-delete.tsx';
import { CleanupError } from './cleanup-error.tsx';
import { type CleanupForm, wishesOf } from './cleanup-form.ts';
import { recordsOf } from './cleanup-words.ts';

/** What came of it: the job, one of the account from elsewhere, or a fault, and then a job may have begun or not. */
export type StartOutcome = 'begun' | 'other' | 'fault';

interface StartCleanupProps {
  readonly found: StartedCleanup;
  readonly form: CleanupForm;
  readonly session: SessionView;
  readonly onStart: (outcome: StartOutcome) => Promise<unknown>;
  readonly lookAgain: () => void;
}

/** The permission, where it is not given yet; then the button with the number, which asks once more. */
export function StartCleanup({ found, form, session, onStart, lookAgain }: StartCleanupProps) {
  const [isAsking, setAsking] = useState(false);
  const { start, stop, isBusy, error } = useStart(form, found, onStart);
  const close = (): void => {
    stop();
    setAsking(false);
  };
  return (
    <section class="panel">
      <h3>Before you delete</h3>
      <BeforeYouDelete found={found} form={form} account={session.handle === '' ? session.did : session.handle} />
      {session.mayCleanUp ? (
        <Button kind="danger" onClick={() => setAsking(true)}>
          Delete {recordsOf(found.num_enqueued)} …
        </Button>
      ) : (
        <Permission records={recordsOf(found.num_enqueued)} error={error} />
      )}
      {isAsking && session.mayCleanUp ? (
        <AskOnceMore {...{ found, session, start, close, lookAgain, isBusy, error }} />
      ) : null}
    </section>
  );
}

function Permission({ records, error }: { records: string; error: RequestError | undefined }) {
  return (
    <>
      <CleanupError error={error} />
      <p>
        To delete {records}, Updraft needs your permission. You give it at your account’s own server; it ends with the
        clean-up, or after an hour if you begin none. Then you come back here, see this again, and confirm.
      </p>
      <a class="button primary" href={signInPath('/console/cleanup', 'cleanup')}>
        Give the permission
      </a>
    </>
  );
}

function useStart(form: CleanupForm, found: StartedCleanup, onStart: StartCleanupProps['onStart']) {
  const { sendJson } = useApi();
  const { reload } = useSession();
  const latest = useRef<AbortController | undefined>(undefined);
  const { run, isBusy, error } = useAction(async () => {
    const stop = new AbortController();
    latest.current = stop;
    try {
      const options = { signal: stop.signal, isPatient: true };
      const started = await sendJson<StartedCleanup>('POST', '/repo/cleanup', realRequest(form, found), options);
      await onStart(started.num_by_type === undefined ? 'other' : 'begun');
    } catch (fault) {
      // It may have begun all the same, and a permission that was taken for it is used up.
      await Promise.all([onStart('fault'), reload()]);
      if (!stop.signal.aborted) throw fault;
    }
  });
  return { start: () => void run(), stop: () => latest.current?.abort(), isBusy, error };
}

/** What was shown is what is confirmed: the same account, the same moment, the same numbers. */
function realRequest(form: CleanupForm, found: StartedCleanup) {
  const { repo, delete_older_than, num_by_type: confirmed_num_by_type } = found;
  const { delete_until_days_ago: _, ...wishes } = wishesOf(form);
  return { ...wishes, repo, delete_older_than, confirmed_num_by_type, actually_delete_stuff: true };
}
