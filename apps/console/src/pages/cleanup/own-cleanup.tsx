import type { SessionView } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { Notice } from '../../parts/notice.tsx';
import { EndedJobs } from './ended-jobs.tsx';
import { JobPanel } from './job-panel.tsx';
import { isEnded } from './job-words.ts';
import { NewCleanup } from './new-cleanup.tsx';
import type { StartOutcome } from './start-cleanup.tsx';
import { forgetForm } from './stored-form.ts';
import { useCleanupJobs } from './use-cleanup-jobs.ts';

/** The clean-up that runs, or the way to a new one. An account has one at a time. */
export function OwnCleanup({ session }: { session: SessionView }) {
  const { did, handle } = session;
  const { value: jobs, error, reload } = useCleanupJobs(did);
  /** The job that was watched stays on the page when it ends, until another is wanted. */
  const [watched, setWatched] = useState<string>();
  const [isOther, setOther] = useState(false);
  const live = jobs?.find((job) => !isEnded(job));
  if (live !== undefined && watched !== live.job_id) setWatched(live.job_id);
  const shown = live ?? jobs?.find(({ job_id: id }) => id === watched);
  const onStart = (outcome: StartOutcome): Promise<unknown> => {
    setOther(outcome === 'other');
    if (outcome === 'begun') forgetForm(did);
    return reload();
  };
  const onAnother = (): void => {
    setWatched(undefined);
    setOther(false);
  };
  return (
    <>
      <p>
        Account: <bdi class="strong">{handle === '' ? did : `@${handle}`}</bdi>
      </p>
      <Notice error={error} hasValue={jobs !== undefined} />
      <div role="alert">{isOther && shown !== undefined ? <OtherJob /> : null}</div>
      {jobs === undefined ? (
        error === undefined ? (
          <p class="quiet">Looking whether a clean-up runs …</p>
        ) : null
      ) : shown === undefined ? (
        <NewCleanup session={session} onStart={onStart} />
      ) : (
        <JobPanel key={shown.job_id} job={shown} reload={reload} onAnother={onAnother} />
      )}
      <EndedJobs jobs={(jobs ?? []).filter((job) => isEnded(job) && job !== shown)} />
    </>
  );
}

function OtherJob() {
  return (
    <p class="notice">
      <strong>What you have just confirmed was not begun.</strong> Your account already has a clean-up that was begun
      elsewhere, such as in another browser. It is this one; your form waits until it has ended.
    </p>
  );
}
