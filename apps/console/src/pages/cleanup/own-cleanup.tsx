import type { SessionView } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { Notice } from '../../parts/notice.tsx';
import { EndedJobs } from './ended-jobs.tsx';
import { JobPanel } from './job-panel.tsx';
import { isEnded } from './job-words.ts';
import { NewCleanup } from './new-cleanup.tsx';
import { useCleanupJobs } from './use-cleanup-jobs.ts';

/** The clean-up that runs, or the way to a new one. An account has one at a time. */
export function OwnCleanup({ session }: { session: SessionView }) {
  const { value: jobs, error, reload } = useCleanupJobs(session.did);
  /** The job that was watched stays on the page when it ends, until another is wanted. */
  const [watched, setWatched] = useState<string>();
  const live = jobs?.find((job) => !isEnded(job));
  if (live !== undefined && watched !== live.job_id) setWatched(live.job_id);
  const shown = live ?? jobs?.find(({ job_id: id }) => id === watched);
  return (
    <>
      <p>
        Account: <bdi class="strong">{session.handle === '' ? session.did : `@${session.handle}`}</bdi>
      </p>
      <Notice error={error} hasValue={jobs !== undefined} />
      {jobs === undefined ? (
        error === undefined ? (
          <p class="quiet">Looking whether a clean-up runs …</p>
        ) : null
      ) : shown === undefined ? (
        <NewCleanup session={session} onStart={reload} />
      ) : (
        <JobPanel key={shown.job_id} job={shown} reload={reload} onAnother={() => setWatched(undefined)} />
      )}
      <EndedJobs jobs={(jobs ?? []).filter((job) => isEnded(job) && job !== shown)} />
    </>
  );
}
