import type { CleanupJobView } from '@updraft/console-api/views';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatCount, formatTime } from '../../data/format.ts';
import { sentenceOf } from '../../data/request.ts';
import { Button } from '../../parts/button.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Tile } from '../../parts/tile.tsx';
import { CancelJob } from './cancel-job.tsx';
import { JobReport } from './job-report.tsx';
import { headingOf, isEnded, perMinute, shareDone } from './job-words.ts';

interface JobPanelProps {
  readonly job: CleanupJobView;
  readonly reload: () => Promise<unknown>;
  /** Another clean-up is wanted, after this one has ended. */
  readonly onAnother: () => void;
}

/** A clean-up: how far it is, what it waits for, and the way to stop it. */
export function JobPanel({ job, reload, onAnother }: JobPanelProps) {
  const rate = useRate(job);
  const share = shareDone(job);
  const hasEnded = isEnded(job);
  const heading = headingOf(job);
  return (
    <section class="panel job" aria-labelledby="job">
      <h2 id="job" aria-live="polite">
        {heading}
      </h2>
      {hasEnded ? null : <progress aria-label="Deleted" max={1} {...(share !== undefined && { value: share })} />}
      <dl class="tiles">
        <Tile title="Deleted" value={job.num_deleted} />
        <Tile title={hasEnded ? 'Left' : 'Left, about'} value={job.est_num_remaining} />
        <Tile title="Deleted today (UTC)" value={job.num_deleted_today} />
        {job.job_state === 'running' ? <Tile title="A minute" value={rate} /> : null}
      </dl>
      {hasEnded ? null : <Course job={job} />}
      {job.state_reason === '' ? null : (
        <p class={job.job_state === 'completed' || (job.num_failures === 0 && !hasEnded) ? '' : 'notice'}>
          <bdi>{sentenceOf(job.state_reason)}</bdi>
        </p>
      )}
      <JobReport job={job} />
      {hasEnded ? <p class="quiet">{afterEnd(job)}</p> : null}
      <div class="actions">
        {hasEnded ? <Button onClick={onAnother}>Another clean-up</Button> : <CancelJob job={job} reload={reload} />}
      </div>
    </section>
  );
}

function afterEnd({ job_state: state }: CleanupJobView): string {
  const permission = 'This clean-up no longer has a permission to delete.';
  return state === 'failed'
    ? `What is deleted stays deleted; the rest is untouched. ${permission} Another clean-up goes on with what is left.`
    : permission;
}

function Course({ job }: { job: CleanupJobView }) {
  return (
    <>
      <p>
        {job.job_state !== 'waiting' || job.next_run_at === null ? null : (
          <>
            It goes on at <strong>{formatTime(job.next_run_at)}</strong>.{' '}
          </>
        )}
        {job.expected_end_at === null ? (
          'When it will be done can’t be told yet.'
        ) : (
          <>
            If nothing fails, it is done on <strong>{formatTime(job.expected_end_at)}</strong>.
          </>
        )}{' '}
        Servers allow only so many deletions: it takes up to {formatCount(job.max_per_hour)} an hour and{' '}
        {formatCount(job.max_per_day)} a day.
      </p>
      <p class="quiet">
        You can close this page: the clean-up goes on. Come back and sign in to see it.
        {job.updated_at === null ? null : (
          <>
            {' '}
            Last step <RelativeTime iso={job.updated_at} />.
          </>
        )}
      </p>
    </>
  );
}

/** Deletions a minute since the answer before, which stays between them. */
function useRate({ num_deleted: deleted, updated_at: at, job_state: state }: CleanupJobView): number | undefined {
  const before = useRef<{ atMs: number; deleted: number } | undefined>(undefined);
  const [rate, setRate] = useState<number>();
  useEffect(() => {
    const now = { atMs: Date.parse(at ?? ''), deleted };
    if (Number.isNaN(now.atMs)) return;
    const next = perMinute(before.current, now);
    if (next !== undefined) setRate(next);
    if (before.current === undefined || next !== undefined) before.current = now;
  }, [deleted, at]);
  return state === 'running' ? rate : undefined;
}
